import { type ChannelPcm, decodePaced, id3Size, incomplete, pieces, withoutId3v1 } from './paced.js';

/** Decodes a FLAC file; exact to the bit depth of the file. */
export async function decodeFlac(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<ChannelPcm> {
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  const decoder = new FLACDecoder();
  try {
    await decoder.ready;
    const file = withoutId3v1(bytes.subarray(id3Size(bytes)));
    const parts = function* () {
      for (const piece of pieces(file)) yield decoder.decode(piece);
      yield decoder.flush();
    };
    const { pcm, problems } = await decodePaced('FLAC', parts(), signal, restoreScale(bitDepth(file)));
    const found = pcm.samples[0]?.length ?? 0;
    const stated = statedSamples(file);
    // 0 stands for unknown: an encoder that wrote to a pipe.
    if (stated === 0 ? problems.length > 0 : found !== stated)
      throw incomplete('FLAC', found, stated, problems);
    return pcm;
  } finally {
    decoder.free();
  }
}

/** The decoder divides by 2^(bits−1) − 1; dividing by 2^(bits−1), as everywhere here, gives the encoder's input back. */
function restoreScale(bits: number): (samples: Float32Array) => void {
  const half = 2 ** (bits - 1);
  return (samples) => {
    for (let i = 0; i < samples.length; i++) samples[i] = Math.round(samples[i]! * (half - 1)) / half;
  };
}

/** Bits per sample from STREAMINFO: 5 bits across a byte boundary, less one. */
function bitDepth(file: Uint8Array): number {
  return (((file[20]! & 1) << 4) | (file[21]! >> 4)) + 1;
}

/** Samples per channel from STREAMINFO, a 36-bit number that ends 22 bytes after the marker and block header. */
function statedSamples(file: Uint8Array): number {
  if (file.length < 26) return 0;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22);
}
