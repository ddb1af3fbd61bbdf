import { setImmediate } from 'node:timers/promises';
import { AsrError } from '@org/asr-core';

/** One page of an Ogg file (RFC 3533). */
export interface OggPage {
  readonly serial: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly continued: boolean;
  /** Codec's position at the end of the page, in samples; `undefined` if no packet ends here. */
  readonly granule: number | undefined;
  readonly segments: Uint8Array;
  readonly body: Uint8Array;
}

const HEADER_SIZE = 27;
/** Pages checked without a pause; 4 kB each as a rule, 64 kB at most. */
const PAGES_AT_ONCE = 64;

/**
 * Reads all pages and checks every checksum, so that codecs only get what the encoder wrote.
 * The event loop gets its turn in between.
 * @throws AsrError `AUDIO_INVALID` for a page that is cut off or damaged, naming its offset; `signal.reason`.
 */
export async function readOggPages(file: Uint8Array, signal: AbortSignal | undefined): Promise<OggPage[]> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const pages: OggPage[] = [];
  for (let at = 0; at < file.length;) {
    if (pages.length % PAGES_AT_ONCE === PAGES_AT_ONCE - 1) await setImmediate();
    signal?.throwIfAborted();
    if (at + HEADER_SIZE > file.length) throw invalid(`page at byte ${at} is cut off; the file is truncated`);
    if (view.getUint32(at) !== 0x4f676753) throw invalid(`no page at byte ${at} (expected "OggS")`);
    const bodyAt = at + HEADER_SIZE + file[at + 26]!;
    const segments = file.subarray(at + HEADER_SIZE, bodyAt);
    const end = bodyAt + segments.reduce((sum, size) => sum + size, 0);
    if (end > file.length) throw invalid(`page at byte ${at} is cut off; the file is truncated`);
    if (checksum(file, at, end) !== view.getUint32(at + 22, true))
      throw invalid(`page at byte ${at} is damaged`);
    const flags = file[at + 5]!;
    const granule = view.getBigInt64(at + 6, true);
    pages.push({
      serial: view.getUint32(at + 14, true),
      continued: (flags & 1) !== 0,
      first: (flags & 2) !== 0,
      last: (flags & 4) !== 0,
      granule: granule < 0n ? undefined : Number(granule),
      segments,
      body: file.subarray(bodyAt, end),
    });
    at = end;
  }
  return pages;
}

/** The packets of pages that belong to one stream. */
export function oggPackets(pages: readonly OggPage[]): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  for (const page of pages) {
    if (!page.continued) open = [];
    let start = 0;
    let end = 0;
    for (const size of page.segments) {
      end += size;
      if (size === 255) continue;
      const part = page.body.subarray(start, end);
      packets.push(open.length === 0 ? part : Buffer.concat([...open, part]));
      open = [];
      start = end;
    }
    if (end > start) open.push(page.body.subarray(start, end));
  }
  return packets;
}

let crcTable: Uint32Array | undefined;

/** CRC-32 with polynomial 0x04c11db7, not reflected, over the page with its checksum field taken as zero. */
function checksum(file: Uint8Array, start: number, end: number): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
    return crc >>> 0;
  });
  let crc = 0;
  for (let at = start; at < end; at++) {
    const byte = at >= start + 22 && at < start + 26 ? 0 : file[at]!;
    crc = (crc << 8) ^ crcTable[(crc >>> 24) ^ byte]!;
  }
  return crc >>> 0;
}

function invalid(found: string): AsrError {
  return new AsrError('AUDIO_INVALID', `Ogg: ${found}`);
}
