import { AsrError } from '../errors.js';
import { packError, unpackError } from '../inference/remote/protocol.js';
import type { MessageEndpoint, WireError } from '../inference/remote/protocol.js';
import { orAbort } from '../or-abort.js';

/** What an object lets the other side call, by name. The signal aborts when the caller has given up. */
export type Methods = Readonly<Record<string, (args: readonly unknown[], signal: AbortSignal) => unknown>>;

/** An answer whose buffers are moved to the other side, not copied. */
export class Moved {
  /** @param buffers Not to be used any more on this side. */
  constructor(
    readonly value: unknown,
    readonly buffers: readonly ArrayBuffer[],
  ) {}
}

/** Number of the object that each side offers from the start. */
export const ROOT = 0;

type Message =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly target: number;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'value'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError }
  | { readonly type: 'notify'; readonly target: number; readonly value: unknown };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** How a call is made. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Buffers of the arguments to move instead of copy. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Gets an answer that arrives after the call was aborted. */
  readonly discard?: (late: unknown) => void;
}

interface Offer {
  readonly subject: unknown;
  readonly methods: Methods;
}

/**
 * Calls between two threads, in both directions. Objects are offered to the other side under a number, under which it
 * calls their methods; values in between are structured clones.
 */
export class Channel {
  /** What addresses of audio are relative to, where this side knows. */
  readonly baseUrl: string | undefined;
  readonly #endpoint: MessageEndpoint;
  readonly #offers = new Map<number, Offer>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #serving = new Map<number, AbortController>();
  readonly #proxies = new WeakMap<object, number>();
  #nextCall = 1;
  #nextOffer = ROOT + 1;
  #failure: AsrError | undefined;

  /** @param root What the other side can call without being told of it. */
  constructor(endpoint: MessageEndpoint, root: Methods, baseUrl?: string) {
    this.baseUrl = baseUrl;
    this.#endpoint = endpoint;
    this.#offers.set(ROOT, { subject: undefined, methods: root });
    endpoint.listen((message) => this.#receive(message as Message));
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Lets the other side call `methods` until {@link withdraw}. @param subject What its proxies stand for here. */
  offer(methods: Methods, subject?: unknown): number {
    const target = this.#nextOffer++;
    this.#offers.set(target, { subject, methods });
    return target;
  }

  withdraw(target: number): void {
    this.#offers.delete(target);
  }

  /** The object that was offered here under this number. @throws AsrError `DISPOSED` */
  subject(target: number): unknown {
    const offer = this.#offers.get(target);
    if (offer === undefined) throw gone();
    return offer.subject;
  }

  /** Says that `proxy` stands for an object of the other side, for values that hold it. */
  adopt(proxy: object, target: number): void {
    this.#proxies.set(proxy, target);
  }

  /** The other side's number for what `value` stands for. */
  targetOf(value: object): number | undefined {
    return this.#proxies.get(value);
  }

  /** @throws what the method throws over there; `signal.reason` at once when aborted. */
  async call(
    target: number,
    method: string,
    args: readonly unknown[],
    { signal, transfer = [], discard }: CallOptions = {},
  ): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#failure) throw this.#failure;
    const id = this.#nextCall++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#post({ type: 'call', id, target, method, args }, transfer);
      this.#waiting.set(id, { resolve, reject });
    });
    const abort = (): void => this.#post({ type: 'abort', id });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await orAbort(answer, signal, discard);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Calls the one method of an offered callback without waiting for it. */
  notify(target: number, value: unknown): void {
    this.#post({ type: 'notify', target, value });
  }

  /** The other side is gone: everything pending and everything later rejects, and what it asked for is stopped. */
  fail(failure: AsrError): void {
    this.#failure ??= failure;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const pending of waiting) pending.reject(this.#failure);
    for (const controller of this.#serving.values()) controller.abort(this.#failure);
    this.#offers.clear();
  }

  #post(message: Message, transfer: readonly ArrayBuffer[] = []): void {
    if (!this.#failure) this.#endpoint.post(message, transfer);
  }

  #receive(message: Message): void {
    switch (message.type) {
      case 'call':
        void this.#serve(message);
        return;
      case 'abort':
        this.#serving.get(message.id)?.abort();
        return;
      case 'notify':
        this.#offers.get(message.target)?.methods['notify']?.([message.value], new AbortController().signal);
        return;
      default:
        this.#settle(message);
    }
  }

  #settle(answer: Extract<Message, { type: 'value' | 'error' }>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.type === 'value') waiting?.resolve(answer.value);
    else waiting?.reject(unpackError(answer.error));
  }

  async #serve({ id, target, method, args }: Extract<Message, { type: 'call' }>): Promise<void> {
    const controller = new AbortController();
    this.#serving.set(id, controller);
    try {
      const methods = this.#offers.get(target)?.methods;
      if (methods === undefined) throw gone();
      if (!Object.hasOwn(methods, method)) throw new TypeError(`there is no method ${method}`);
      const result = await methods[method]!(args, controller.signal);
      // Inside of the block: a result that can't be cloned is an answer too.
      if (result instanceof Moved) this.#post({ type: 'value', id, value: result.value }, result.buffers);
      else this.#post({ type: 'value', id, value: result });
    } catch (error) {
      this.#post({ type: 'error', id, error: packError(error) });
    } finally {
      this.#serving.delete(id);
    }
  }
}

function gone(): AsrError {
  return new AsrError('DISPOSED', 'what is called in the other thread was disposed');
}
