import { chunkIterator } from '../audio/chunk-iterator.js';
import { kindOf } from '../audio/pcm.js';
import { orAbort } from '../or-abort.js';
import { ChunkReader, type AudioPiece } from './chunk-reader.js';
import { cutChunk } from './cut-chunk.js';
import type { AudioStreamSource, ChunkFormat } from './stream-options.js';

/**
 * Live audio as mono samples at `sampleRate`, piece by piece as it comes; see {@link ChunkReader}. Leaving the loop
 * early ends the source: an iterator is told to return, a `ReadableStream` is cancelled and released, a Node stream destroyed.
 *
 * @param format Of chunks that are no `Pcm`.
 * @param signal Also ends the source while it is waited for.
 * @throws TypeError for what is no source, or gives what is no audio; AsrError `AUDIO_INVALID` for samples that are none,
 *   or times that go back;
 *   the source's own error; `signal.reason`.
 */
export async function* readChunks(
  source: AudioStreamSource,
  format: ChunkFormat | undefined,
  sampleRate: number,
  signal?: AbortSignal,
): AsyncGenerator<AudioPiece, void, undefined> {
  checkAudioSource(source);
  const reader = new ChunkReader(format, sampleRate);
  const chunks = chunkIterator(source);
  let ended = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await orAbort(chunks.next(), signal);
      if (done) break;
      for (const part of cutChunk(value)) yield* reader.push(part);
    }
    ended = true;
  } finally {
    // Not awaited: a source that hangs must not hold up the one who leaves.
    if (!ended) chunks.return?.().then(undefined, () => {});
  }
  yield* reader.finish();
}

/** @throws TypeError for what is no source of live audio. */
export function checkAudioSource(source: unknown): asserts source is AudioStreamSource {
  if (typeof source === 'object' && source !== null) {
    if ('getReader' in source || Symbol.asyncIterator in source) return;
  }
  throw new TypeError(
    `live audio must be an AsyncIterable or a ReadableStream of chunks; got ${kindOf(source)}. ` +
      'A whole recording goes to transcribe()',
  );
}
