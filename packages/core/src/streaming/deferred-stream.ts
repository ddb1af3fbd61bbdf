import { kindOf } from '../audio/pcm.js';
import { OneReader } from './event-reader.js';
import type { LiveStream } from './live-stream.js';
import type { SpeechStream } from './speech-stream.js';
import type { StreamEvent } from './stream-events.js';
import type { AudioChunk, TimedChunk } from './stream-options.js';
import { isTimed } from './timed-chunk.js';

/**
 * A stream whose code is imported when it is opened: a page that only transcribes recordings doesn't load it. Calls are
 * handed on in the order they come.
 */
export class DeferredStream implements SpeechStream {
  readonly #opening: Promise<LiveStream>;
  readonly #reader = new OneReader();
  #opened: LiveStream | undefined;

  /** @param open What it throws is thrown by every call. */
  constructor(open: () => Promise<LiveStream>) {
    this.#opening = open();
    // The first of all to be told, so that calls which don't wait can't overtake those that did. Failures are for them to tell.
    this.#opening.then(
      (stream) => (this.#opened = stream),
      () => {},
    );
  }

  async write(chunk: AudioChunk): Promise<void> {
    if (this.#opened) return this.#opened.write(chunk);
    // The writer may reuse its memory at once.
    const kept = copyChunk(chunk);
    await (await this.#opening).write(kept);
  }

  async flush(): Promise<void> {
    await (this.#opened ?? (await this.#opening)).flush();
  }

  async end(): Promise<void> {
    await (this.#opened ?? (await this.#opening)).end();
  }

  async dispose(): Promise<void> {
    const stream = this.#opened ?? (await this.#opening.catch(() => undefined));
    await stream?.dispose();
  }

  /** Ends the stream with an error that is not its decoder's; resolves when it holds nothing any more. */
  async fail(reason: unknown): Promise<void> {
    const stream = await this.#opening.catch(() => undefined);
    stream?.fail(reason);
    await stream?.released();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, void, undefined> {
    return this.#reader.of(this);
  }

  /** The next event, undefined when there are no more. For the stream's one reader. */
  async next(): Promise<StreamEvent | undefined> {
    return (this.#opened ?? (await this.#opening)).next();
  }
}

/** What is no chunk stays as it is, for the stream to say so. */
function copyChunk(chunk: AudioChunk): AudioChunk {
  if (isTimed(chunk)) return { ...chunk, audio: copyChunk(chunk.audio) as TimedChunk['audio'] };
  if (isArray(chunk)) return chunk.slice();
  const samples: unknown = (chunk as { readonly samples?: unknown } | null)?.samples;
  if (isArray(samples)) return { ...chunk, samples: samples.slice() as Float32Array };
  if (!Array.isArray(samples)) return chunk;
  return {
    ...chunk,
    samples: samples.map((one: unknown) => (isArray(one) ? one.slice() : one)),
  } as AudioChunk;
}

function isArray(value: unknown): value is Float32Array | Uint8Array {
  return ['Float32Array', 'Uint8Array'].includes(kindOf(value));
}
