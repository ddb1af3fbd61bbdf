import { joinBytes } from '../join-arrays.js';
import { orAbort } from '../or-abort.js';
import { chunkIterator } from './chunk-iterator.js';
import type { ByteStream } from './pcm.js';
import { kindOf } from './pcm.js';

/** Bytes of a file or stream that was read whole. */
export async function readStream(stream: ByteStream, signal?: AbortSignal): Promise<Uint8Array> {
  const iterator = chunkIterator(stream);
  const chunks: Uint8Array[] = [];
  try {
    for (;;) {
      const { done, value } = await orAbort(iterator.next(), signal);
      if (done) return joinBytes(chunks);
      if (kindOf(value) !== 'Uint8Array') {
        throw new TypeError(`an audio stream must give chunks of bytes (Uint8Array); got ${kindOf(value)}`);
      }
      chunks.push(value);
    }
  } catch (error) {
    // Not awaited: a source that hangs must not delay the caller's error.
    iterator.return?.()?.then(undefined, () => {});
    throw error;
  }
}
