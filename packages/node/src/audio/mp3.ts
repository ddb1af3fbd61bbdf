import { readMp3Header } from '@org/asr-core';
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
    const header = readMp3Header(file);
    // Encoders disagree on whether to count the header's own frame.
    if (header !== undefined && found < header.statedSamples - 2 * header.frameSamples) {
      throw incomplete('MP3', found, header.statedSamples, problems);
    }
    // The decoder gives two equal channels for mono.
    return header?.mono ? { samples: pcm.samples.slice(0, 1), sampleRate: pcm.sampleRate } : pcm;
  } finally {
    decoder.free();
  }
}
