import { AsrError } from '../../errors.js';
import { unpackError } from './protocol.js';
import type { TensorData } from '../tensor.js';
import type { MessageEndpoint, Replies, Reply, Request } from './protocol.js';

/** A request without the number that the connection gives it. */
type Unnumbered<R> = R extends { readonly id: number } ? Omit<R, 'id'> : never;

/** What the owner of the other thread is told; for `connectBackend`. */
export interface ConnectOptions {
  /** Told when answers are awaited and when no more are, for keeping a process alive only as long as it must. */
  readonly onBusy?: (busy: boolean) => void;
  /** Frees the memory of received elements that nobody uses any more. Default: it is left to the garbage collector. */
  readonly freeMemory?: (data: TensorData) => void;
  /** Ends the thread; called once, after its backend was disposed. */
  readonly onDispose?: () => void | Promise<unknown>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Requests and their answers, the releases of tensors between them, and what happens when the other side dies. */
export class Connection {
  /** Tensors received and not disposed yet. */
  liveTensors = 0;
  readonly #endpoint: MessageEndpoint;
  readonly #onBusy: (busy: boolean) => void;
  readonly #freeMemory: (data: TensorData) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #released: number[] = [];
  #nextId = 1;
  #held = 0;
  #failure: AsrError | undefined;

  constructor(endpoint: MessageEndpoint, options: ConnectOptions) {
    const { onBusy = () => {}, freeMemory = () => {} } = options;
    this.#endpoint = endpoint;
    this.#onBusy = onBusy;
    this.#freeMemory = freeMemory;
    endpoint.listen((message) => this.#settle(message as Reply));
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  request<R extends Unnumbered<Request>>(
    request: R,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Replies[R['type']]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#endpoint.post({ ...request, id }, transfer);
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) this.#onBusy(true);
    });
    return answer as Promise<Replies[R['type']]>;
  }

  /** Frees a tensor over there, together with others of the same turn. */
  release(handle: number): void {
    if (this.#released.push(handle) === 1) queueMicrotask(() => this.#flush());
  }

  /** Frees elements that came from over there and that nobody uses any more. */
  freeMemory(data: TensorData): void {
    this.#freeMemory(data);
  }

  /** Keeps handles alive while `body` prepares a message that uses them. */
  async hold<T>(body: () => Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      return await body();
    } finally {
      this.#held -= 1;
      this.#flush();
    }
  }

  /** The other side is gone: everything pending and everything later rejects. */
  fail(failure: AsrError): void {
    this.#failure ??= failure;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const pending of waiting) pending.reject(this.#failure);
    if (waiting.length > 0) this.#onBusy(false);
  }

  #flush(): void {
    if (this.#held > 0 || this.#released.length === 0) return;
    const handles = this.#released.splice(0);
    if (!this.#failure) this.#endpoint.post({ type: 'release', handles } satisfies Request, []);
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting.reject(unpackError(reply.error));
    else waiting.resolve(reply.value);
    if (this.#waiting.size === 0) this.#onBusy(false);
  }
}
