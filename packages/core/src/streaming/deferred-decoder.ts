import type { Transcript } from '../transcript/transcript.js';
import type { LiveDecoder, LiveEvent } from './live-decoder.js';

/** A decoder whose code is imported when there is audio for it: a page that only transcribes recordings doesn't load it. */
export class DeferredDecoder implements LiveDecoder {
  readonly sampleRate: number;
  readonly #open: () => Promise<LiveDecoder>;
  #opening: Promise<LiveDecoder> | undefined;
  #opened: LiveDecoder | undefined;

  constructor(sampleRate: number, open: () => Promise<LiveDecoder>) {
    this.sampleRate = sampleRate;
    this.#open = open;
  }

  async *push(samples: Float32Array): AsyncGenerator<LiveEvent> {
    yield* (await this.#decoder()).push(samples);
  }

  async *flush(reason: 'flush' | 'end'): AsyncGenerator<LiveEvent> {
    yield* (await this.#decoder()).flush(reason);
  }

  transcript(): Transcript {
    return this.#opened?.transcript() ?? { text: '', duration: 0, segments: [] };
  }

  async dispose(): Promise<void> {
    await this.#opened?.dispose();
  }

  async #decoder(): Promise<LiveDecoder> {
    this.#opening ??= this.#open();
    return (this.#opened ??= await this.#opening);
  }
}
