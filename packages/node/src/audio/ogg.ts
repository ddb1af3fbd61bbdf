import { AsrError } from '@org/asr-core';
import { decodeWithFfmpeg } from './ffmpeg.js';
import { type OggPage, oggPackets, readOggPages } from './ogg-pages.js';
import { decodeOpusPackets } from './opus.js';
import { type ChannelPcm, decodePaced, incomplete, pieces } from './paced.js';

/**
 * Decodes an Ogg file with one Opus or Vorbis stream; other contents (FLAC or Speex in Ogg, streams one after the
 * other or side by side) go to ffmpeg.
 */
export async function decodeOgg(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<ChannelPcm> {
  const pages = await readOggPages(bytes, signal);
  const starts = pages.filter((page) => page.first);
  const [start] = starts;
  if (start === undefined) throw new AsrError('AUDIO_INVALID', 'Ogg: no page starts a stream');
  if (starts.length === 1 && startsWith(start.body, 'OpusHead')) {
    return decodeOpusPackets(oggPackets(pages), endGranule(pages), signal);
  }
  if (starts.length === 1 && startsWith(start.body, '\x01vorbis')) return decodeVorbis(bytes, pages, signal);
  return decodeWithFfmpeg(bytes, 'ogg', signal);
}

async function decodeVorbis(
  bytes: Uint8Array,
  pages: readonly OggPage[],
  signal: AbortSignal | undefined,
): Promise<ChannelPcm> {
  const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
  const decoder = new OggVorbisDecoder();
  try {
    await decoder.ready;
    const parts = function* () {
      for (const piece of pieces(bytes)) yield decoder.decode(piece);
      yield decoder.flush();
    };
    const { pcm, problems } = await decodePaced('Vorbis', parts(), signal);
    const found = pcm.samples[0]?.length ?? 0;
    const stated = endGranule(pages);
    if (problems.length > 0 || (stated !== undefined && found === 0)) {
      throw incomplete('Vorbis', found, stated ?? found, problems);
    }
    return pcm;
  } finally {
    decoder.free();
  }
}

/** Position of the last page if it ends the stream. */
function endGranule(pages: readonly OggPage[]): number | undefined {
  const last = pages.at(-1);
  return last?.last ? last.granule : undefined;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((char, i) => bytes[i] === char.charCodeAt(0));
}
