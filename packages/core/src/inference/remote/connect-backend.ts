import { AsrError } from '../../errors.js';
import type { ModelFile } from '../../hub/model-files.js';
import { orAbort } from '../../or-abort.js';
import type { InferenceBackend, InferenceSession, SessionOptions } from '../backend.js';
import { checkSessionOptions } from '../check-options.js';
import { Connection } from './connection.js';
import type { ConnectOptions } from './connection.js';
import { packFile } from './protocol.js';
import type { MessageEndpoint } from './protocol.js';
import { RemoteSession } from './remote-session.js';

/** A backend that runs in another thread. */
export interface RemoteBackend extends InferenceBackend {
  /** Output tensors handed out and not disposed yet; grows without end where a caller forgets to dispose. */
  readonly liveTensors: number;
  /** To be called when the thread has ended by itself: everything pending and everything later rejects. */
  fail(failure: AsrError): void;
}

/**
 * Makes a backend out of one that {@link serveBackend} serves at the other end of `endpoint`.
 *
 * Outputs named in `deviceOutputs` stay over there and are fed back without a copy; other outputs are moved here.
 * Feeds of this thread are copied.
 *
 * @throws what the other side's `create` throws.
 */
export async function connectBackend(
  endpoint: MessageEndpoint,
  options: ConnectOptions = {},
): Promise<RemoteBackend> {
  const connection = new Connection(endpoint, options);
  const { name } = await connection.request({ type: 'hello' });
  return new ConnectedBackend(name, connection, options.onDispose);
}

class ConnectedBackend implements RemoteBackend {
  readonly #connection: Connection;
  readonly #onDispose: ConnectOptions['onDispose'];
  readonly #sessions = new Set<RemoteSession>();
  readonly #opening = new Set<Promise<unknown>>();
  #disposal: Promise<void> | undefined;

  constructor(
    readonly name: string,
    connection: Connection,
    onDispose: ConnectOptions['onDispose'],
  ) {
    this.#connection = connection;
    this.#onDispose = onDispose;
  }

  get liveTensors(): number {
    return this.#connection.liveTensors;
  }

  fail(failure: AsrError): void {
    this.#connection.fail(failure);
  }

  async createSession(model: ModelFile, options: SessionOptions = {}): Promise<InferenceSession> {
    this.#assertUsable();
    checkSessionOptions(options);
    options.signal?.throwIfAborted();
    const opening = this.#track(this.#open(model, options));
    // The other thread can't be interrupted while it loads; the caller need not wait for it.
    const session = await orAbort(opening, options.signal, (late) => late.dispose());
    this.#assertUsable();
    return session;
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#close();
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#opening);
    try {
      await Promise.all([...this.#sessions].map((session) => session.dispose()));
      if (!this.#connection.failed) await this.#connection.request({ type: 'dispose' });
    } finally {
      this.#connection.fail(new AsrError('DISPOSED', `the ${this.name} backend was disposed`));
      await this.#onDispose?.();
    }
  }

  async #track<T>(opening: Promise<T>): Promise<T> {
    this.#opening.add(opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(opening);
    }
  }

  #assertUsable(): void {
    if (this.#disposal) throw new AsrError('DISPOSED', `the ${this.name} backend was disposed`);
  }

  async #open(model: ModelFile, options: SessionOptions): Promise<RemoteSession> {
    const { signal, externalData = [], ...rest } = options;
    const files = [await packFile(model, signal)];
    for (const file of externalData) files.push(await packFile(file, signal));
    signal?.throwIfAborted();
    const [graph, ...external] = files;
    const created = await this.#connection.request(
      { type: 'create', model: graph!, externalData: external, options: rest },
      files.flatMap(({ content }) => (content ? [content.buffer as ArrayBuffer] : [])),
    );
    const session = new RemoteSession(this.#connection, model.name, created, () =>
      this.#sessions.delete(session),
    );
    this.#sessions.add(session);
    return session;
  }
}
