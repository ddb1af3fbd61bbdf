import { AsrError } from '../../errors.js';
import type { InferenceSession } from '../backend.js';

/** The sessions of a backend, those that are being opened included, and the backend's end. */
export class OpenSessions<S extends InferenceSession> {
  readonly #backend: string;
  readonly #open = new Set<S>();
  readonly #opening = new Set<Promise<unknown>>();
  #disposal: Promise<void> | undefined;

  /** @param backend Its name, for messages. */
  constructor(backend: string) {
    this.#backend = backend;
  }

  /**
   * Opens a session, unless the backend was disposed.
   *
   * @param open Gets what the session calls when it is disposed.
   * @throws AsrError `DISPOSED`; `signal.reason` when aborted, also meanwhile.
   */
  async add(
    signal: AbortSignal | undefined,
    open: (onDisposed: (session: S) => void) => Promise<S>,
  ): Promise<S> {
    this.#assertUsable();
    signal?.throwIfAborted();
    const opening = open((session) => this.#open.delete(session));
    this.#opening.add(opening);
    try {
      const session = await opening;
      this.#open.add(session);
      if (this.#disposal || signal?.aborted) await session.dispose();
      signal?.throwIfAborted();
      this.#assertUsable();
      return session;
    } finally {
      this.#opening.delete(opening);
    }
  }

  /** Waits for what is being opened and disposes all sessions. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#close();
    return this.#disposal;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#opening);
    await Promise.all([...this.#open].map((session) => session.dispose()));
  }

  #assertUsable(): void {
    if (this.#disposal) throw new AsrError('DISPOSED', `the ${this.#backend} backend was disposed`);
  }
}
