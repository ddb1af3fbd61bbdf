import type { StreamEvent } from './stream-events.js';

/**
 * Events between a stream and its one reader. A `partial` or `lag` that nobody has read gives way to the next one of its
 * kind, so what waits grows with what was said, not with the time it took.
 */
export class EventQueue {
  readonly #waiting: StreamEvent[] = [];
  #reader: ((result: Settled) => void) | undefined;
  #end: { readonly error?: unknown } | undefined;

  /** Events that nobody has read. */
  get size(): number {
    return this.#waiting.length;
  }

  push(event: StreamEvent): void {
    if (this.#end) return;
    const reader = this.#reader;
    if (reader) {
      this.#reader = undefined;
      reader({ event });
      return;
    }
    const last = this.#waiting.at(-1);
    const replaces = last?.type === event.type && (event.type === 'partial' || event.type === 'lag');
    if (replaces) this.#waiting.pop();
    this.#waiting.push(event);
  }

  /** No more events. Those that wait can still be read; then reading ends, or throws `error` once. */
  close(end: { readonly error?: unknown } = {}): void {
    if (this.#end) return;
    this.#end = end;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(end);
  }

  /** As {@link close}, at once: what waits is dropped. */
  cut(end: { readonly error?: unknown } = {}): void {
    this.#waiting.length = 0;
    this.#end = undefined;
    this.close(end);
  }

  /**
   * The next event; undefined when there are no more.
   *
   * @throws TypeError while another read waits; the error that the queue was closed with.
   */
  async next(): Promise<StreamEvent | undefined> {
    const event = this.#waiting.shift();
    if (event) return event;
    if (this.#reader)
      throw new TypeError('next: the read before this one still waits; a stream has one reader.');
    const settled = this.#end ?? (await new Promise<Settled>((resolve) => (this.#reader = resolve)));
    if ('event' in settled) return settled.event;
    if (!('error' in settled)) return undefined;
    this.#end = {};
    throw settled.error;
  }
}

type Settled = { readonly event: StreamEvent } | { readonly error?: unknown };
