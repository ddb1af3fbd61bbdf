import { type ChannelPcm, decodePaced, id3Size, incomplete, pieces, withoutId3v1 } from './paced.js';

/**
 * Decodes an MP3 file. The silence that encoders add at both ends is removed where the file says how much.
 * Damaged frames are skipped as players do; the file is refused if it states its length and much of it is missing.
 */
export async function decodeMp3(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<ChannelPcm> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder();
  try {
    await decoder.ready;
    const file = withoutId3v1(bytes.subarray(id3Size(bytes)));
    const parts = function* () {
      for (const piece of pieces(file)) yield decoder.decode(piece);
    };
    const { pcm, problems } = await decodePaced('MP3', parts(), signal);
    const found = pcm.samples[0]?.length ?? 0;
    const header = readHeader(file);
    if (header !== undefined && found < header.statedSamples - header.tolerance) {
      throw incomplete('MP3', found, header.statedSamples, problems);
    }
    // The decoder gives two equal channels for mono.
    return header?.mono ? { samples: pcm.samples.slice(0, 1), sampleRate: pcm.sampleRate } : pcm;
  } finally {
    decoder.free();
  }
}

interface Mp3Header {
  readonly mono: boolean;
  /** Samples per channel, from the Xing/Info header and LAME's delay and padding; 0 if the file does not say. */
  readonly statedSamples: number;
  /** Two frames: encoders disagree on whether to count the header's own frame. */
  readonly tolerance: number;
}

/** Reads the first frame's header, and the Xing header within (layout as LAME documents it). */
function readHeader(file: Uint8Array): Mp3Header | undefined {
  const start = file.findIndex((byte, at) => byte === 0xff && (file[at + 1]! & 0xe6) === 0xe2);
  if (start < 0) return undefined;
  const mpeg1 = (file[start + 1]! & 0x18) === 0x18;
  const mono = file[start + 3]! >> 6 === 3;
  const frameSamples = mpeg1 ? 1152 : 576;
  const tolerance = 2 * frameSamples;
  const sideInfo = mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17;
  const xing = start + 4 + sideInfo;
  if (xing + 12 > file.length) return { mono, statedSamples: 0, tolerance };

  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const id = String.fromCharCode(...file.subarray(xing, xing + 4));
  const flags = view.getUint32(xing + 4);
  if ((id !== 'Xing' && id !== 'Info') || !(flags & 1)) return { mono, statedSamples: 0, tolerance };

  const frames = view.getUint32(xing + 8);
  const lame = xing + 8 + 4 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  const hasLame = lame + 24 <= file.length && file[lame] === 0x4c;
  const trimmed = hasLame
    ? ((view.getUint32(lame + 20) >>> 12) & 0xfff) + (view.getUint32(lame + 20) & 0xfff)
    : 0;
  return { mono, statedSamples: Math.max(0, frames * frameSamples - trimmed), tolerance };
}
