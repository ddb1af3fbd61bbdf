import { hasText as is, isWav } from './riff.js';

/** Container or bare codec of an encoded audio file, told from its first bytes. */
export type AudioContainer =
  'wav' | 'flac' | 'mp3' | 'ogg' | 'mp4' | 'aiff' | 'adts' | 'matroska' | 'caf' | 'au' | 'amr' | 'asf';

/** Bytes searched for MPEG audio after junk at the start. */
const SEARCH_LIMIT = 4096;

/**
 * Tells the format of a file from its content, never from a name: an MP3 called `.wav` is `mp3`.
 * @returns `undefined` for content that is none of the known formats.
 */
export function sniffContainer(bytes: Uint8Array): AudioContainer | undefined {
  const start = skipId3(bytes);
  if (is(bytes, start, 'fLaC')) return 'flac';
  if (isWav(bytes)) return 'wav';
  if (is(bytes, 0, 'OggS')) return 'ogg';
  if (is(bytes, 4, 'ftyp')) return 'mp4';
  if (is(bytes, 0, 'FORM') && (is(bytes, 8, 'AIFF') || is(bytes, 8, 'AIFC'))) return 'aiff';
  if (is(bytes, 0, '\x1a\x45\xdf\xa3')) return 'matroska';
  if (is(bytes, 0, 'caff')) return 'caf';
  if (is(bytes, 0, '.snd')) return 'au';
  if (is(bytes, 0, '#!AMR')) return 'amr';
  if (is(bytes, 0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11')) return 'asf';
  return sniffFrames(bytes, start);
}

/** Offset behind an ID3v2 tag (its size is stored in 7-bit bytes), 0 if there is none. */
export function skipId3(bytes: Uint8Array): number {
  if (!is(bytes, 0, 'ID3') || bytes.length < 10) return 0;
  const size = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!;
  const footer = bytes[5]! & 0x10 ? 10 : 0;
  return 10 + size + footer;
}

/** Looks for two MPEG audio frames in a row; eleven set bits alone appear in any data. */
function sniffFrames(bytes: Uint8Array, start: number): AudioContainer | undefined {
  const end = Math.min(bytes.length - 4, start + SEARCH_LIMIT);
  for (let at = start; at <= end; at++) {
    if (bytes[at] !== 0xff) continue;
    for (const [kind, frameLength] of [
      ['mp3', mpegFrameLength] as const,
      ['adts', adtsFrameLength] as const,
    ]) {
      const length = frameLength(bytes, at);
      if (length === 0) continue;
      const next = at + length;
      // A single frame must begin the file, so that short or cut files are still recognised.
      if (next + 4 <= bytes.length ? frameLength(bytes, next) > 0 : at === start) return kind;
    }
  }
  return undefined;
}

const MPEG1_LAYER3_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_LAYER3_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const MPEG1_RATES = [44_100, 48_000, 32_000];

/** Bytes of the MPEG-1/2/2.5 layer III frame at `at`, 0 if there is none. */
function mpegFrameLength(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1]!;
  const third = bytes[at + 2]!;
  const version = (second >> 3) & 3;
  const isLayer3 = ((second >> 1) & 3) === 1;
  if (bytes[at] !== 0xff || (second & 0xe0) !== 0xe0 || version === 1 || !isLayer3) return 0;
  const kbps = (version === 3 ? MPEG1_LAYER3_KBPS : MPEG2_LAYER3_KBPS)[third >> 4];
  const baseRate = MPEG1_RATES[(third >> 2) & 3];
  if (!kbps || !baseRate) return 0;
  const rate = version === 3 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4;
  const padding = (third >> 1) & 1;
  return Math.floor(((version === 3 ? 144_000 : 72_000) * kbps) / rate) + padding;
}

/** Bytes of the AAC frame with an ADTS header at `at`, 0 if there is none. */
function adtsFrameLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0 || at + 6 > bytes.length) return 0;
  if (((bytes[at + 2]! >> 2) & 15) > 12) return 0;
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  return length >= 7 ? length : 0;
}
