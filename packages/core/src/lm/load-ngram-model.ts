import { AsrError } from '../errors.js';
import type { ModelFile } from '../hub/model-files.js';
import { iterate } from '../hub/streams.js';
import { joinBytes } from '../join-arrays.js';
import { ArpaReader } from './arpa-reader.js';
import { isKenlmBinary, openKenlmBinary } from './kenlm-binary.js';
import type { NgramModel } from './ngram-model.js';

/** Bytes of a language model: all of them, a file to read, or a stream, such as `createReadStream('en.arpa.gz')`. */
export type NgramModelSource =
  ModelFile | Uint8Array | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/** Enough to tell the kinds apart. */
const HEAD_BYTES = 64;
const CHUNK_BYTES = 1 << 20;

/**
 * Reads an n-gram language model: a KenLM binary (probing, trie, quantised, with stepped pointers) or an ARPA file,
 * plain or gzipped. The kind is told from the content, never from the name.
 *
 * A KenLM binary is used where it lies. An ARPA file becomes tables of about 25 bytes an n-gram; when it comes as a stream,
 * the text itself is never in memory as a whole.
 *
 * @throws AsrError `MODEL_INVALID` for a damaged file (with the line of an ARPA file), `MODEL_UNSUPPORTED`; what the stream
 * fails with.
 */
export async function loadNgramModel(
  source: NgramModelSource,
  options: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<NgramModel> {
  const { signal } = options;
  const stream = streamOf(source);
  if (stream) return readStream(stream, options.name ?? 'language model', signal);
  const file = source as ModelFile | Uint8Array;
  const bytes = file instanceof Uint8Array ? file : await file.bytes(signal);
  const name = options.name ?? (file instanceof Uint8Array ? 'language model' : file.name);
  signal?.throwIfAborted();
  if (isKenlmBinary(bytes)) return openKenlmBinary(bytes, name);
  return readArpa(isGzip(bytes) ? unzip(chunksOf(bytes), name) : chunksOf(bytes), name, signal);
}

function streamOf(source: NgramModelSource): AsyncIterable<Uint8Array> | undefined {
  if (source instanceof Uint8Array) return undefined;
  // Browsers' streams can't be iterated everywhere.
  if ('getReader' in source) return iterate(source);
  return Symbol.asyncIterator in source ? source : undefined;
}

async function readStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<NgramModel> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    const head: Uint8Array[] = [];
    let length = 0;
    while (length < HEAD_BYTES) {
      const { done, value } = await iterator.next();
      signal?.throwIfAborted();
      if (done) break;
      head.push(value);
      length += value.length;
    }
    const start = joinBytes(head);
    const all = behind(start, iterator);
    if (!isKenlmBinary(start)) return await readArpa(isGzip(start) ? unzip(all, name) : all, name, signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of all) {
      signal?.throwIfAborted();
      chunks.push(chunk);
    }
    return openKenlmBinary(joinBytes(chunks), name);
  } finally {
    // A source that was read to its end, or that failed, has nothing to give back.
    await iterator.return?.().catch(() => undefined);
  }
}

async function readArpa(
  text: AsyncIterable<Uint8Array>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<NgramModel> {
  const reader = new ArpaReader(name);
  for await (const chunk of text) {
    signal?.throwIfAborted();
    reader.push(chunk);
  }
  return reader.finish();
}

async function* behind(start: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @throws AsrError `MODEL_INVALID` for damaged data; what `packed` fails with. */
async function* unzip(packed: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const iterator = packed[Symbol.asyncIterator]();
  let failure: { readonly reason: unknown } | undefined;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (reason) {
        failure = { reason };
        controller.error(reason);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  try {
    yield* iterate(source.pipeThrough(new DecompressionStream('gzip')));
  } catch (cause) {
    if (failure) throw failure.reason;
    throw new AsrError('MODEL_INVALID', `${name}: damaged gzip data; fetch the file again.`, { cause });
  }
}
