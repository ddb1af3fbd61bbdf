import { AsrError } from '../errors.js';
import type { ModelFile } from '../hub/model-files.js';
import { ArpaReader } from './arpa-reader.js';
import { isKenlmBinary, openKenlmBinary } from './kenlm-binary.js';
import type { NgramModel } from './ngram-model.js';

/**
 * Reads an n-gram language model: a KenLM binary (probing, trie, quantised, with stepped pointers) or an ARPA file,
 * plain or gzipped. The kind is told from the content, never from the name.
 *
 * @throws AsrError `MODEL_INVALID` for a damaged file (with the line of an ARPA file), `MODEL_UNSUPPORTED`.
 */
export async function loadNgramModel(
  file: ModelFile | Uint8Array,
  options: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<NgramModel> {
  const { signal } = options;
  const bytes = file instanceof Uint8Array ? file : await file.bytes(signal);
  const name = options.name ?? (file instanceof Uint8Array ? 'language model' : file.name);
  signal?.throwIfAborted();
  if (isKenlmBinary(bytes)) return openKenlmBinary(bytes, name);
  const reader = new ArpaReader(name);
  for await (const chunk of chunksOf(bytes, name)) {
    signal?.throwIfAborted();
    reader.push(chunk);
  }
  return reader.finish();
}

const CHUNK_BYTES = 1 << 20;

async function* chunksOf(bytes: Uint8Array, name: string): AsyncGenerator<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
    return;
  }
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    if (AsrError.isInstance(cause)) throw cause;
    throw new AsrError('MODEL_INVALID', `${name}: damaged gzip data; fetch the file again.`, { cause });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
