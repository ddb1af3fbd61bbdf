import { iterate } from '../hub/streams.js';
import { orAbort } from '../or-abort.js';
import { ChunkConverter } from './chunk-converter.js';
import type { AudioStreamSource, ChunkFormat } from './stream-options.js';

/** Live audio as mono samples at `sampleRate`, piece by piece as it comes. */
export async function* readChunks(
  source: AudioStreamSource,
  format: ChunkFormat | undefined,
  sampleRate: number,
  signal?: AbortSignal,
): AsyncGenerator<Float32Array, void, undefined> {
  const converter = new ChunkConverter(format, sampleRate);
  const chunks = 'getReader' in source ? iterate(source) : source[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await orAbort(chunks.next(), signal);
      if (done) break;
      yield converter.push(value);
    }
    ended = true;
  } finally {
    if (!ended) chunks.return?.().then(undefined, () => {});
  }
  yield converter.finish();
}
