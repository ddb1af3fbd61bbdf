import type { StreamEvent } from './stream-events.js';

/** What a reader needs of a stream. */
interface Readable {
  next(): Promise<StreamEvent | undefined>;
  dispose(): Promise<void>;
}

/** Hands out the one reader that a stream has. */
export class OneReader {
  #taken = false;

  /** @throws TypeError when it was handed out before. */
  of(stream: Readable): EventReader {
    if (this.#taken) throw new TypeError('a stream has one reader; it is being read already.');
    this.#taken = true;
    return new EventReader(() => stream);
  }
}

/**
 * The reader of a stream, opened with the first read. Unlike a generator function's, its `return()` doesn't wait for a read
 * that is under way: in the silence of a microphone that may take forever.
 */
export class EventReader implements AsyncGenerator<StreamEvent, void, undefined> {
  readonly #open: () => Readable;
  #stream: Readable | undefined;
  #over = false;

  constructor(open: () => Readable) {
    this.#open = open;
  }

  async next(): Promise<IteratorResult<StreamEvent, void>> {
    if (this.#over) return { done: true, value: undefined };
    try {
      this.#stream ??= this.#open();
      const value = await this.#stream.next();
      if (value) return { done: false, value };
    } catch (error) {
      await this.return();
      throw error;
    }
    return this.return();
  }

  /** Disposes the stream. */
  async return(): Promise<IteratorReturnResult<void>> {
    this.#over = true;
    await this.#stream?.dispose();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
