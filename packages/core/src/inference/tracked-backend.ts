import type { ModelFile } from '../hub/model-files.js';
import type { InferenceBackend, InferenceSession, SessionOptions, ThreadChoice } from './backend.js';

/**
 * A backend that keeps a list of the sessions made through it, so that whoever loads a model can say where its
 * graphs run and free them if loading fails half-way. Disposing it frees those sessions, not the backend behind it.
 */
export class TrackedBackend implements InferenceBackend {
  readonly sessions: InferenceSession[] = [];
  readonly #inner: InferenceBackend;
  readonly #defaults: SessionOptions;
  readonly #onSession: (file: string) => void;

  /**
   * @param defaults Session options of the whole model; those of a single call win.
   * @param onSession Told the name of each graph before it is loaded.
   */
  constructor(inner: InferenceBackend, defaults: SessionOptions, onSession: (file: string) => void) {
    this.#inner = inner;
    this.#defaults = defaults;
    this.#onSession = onSession;
  }

  get name(): string {
    return this.#inner.name;
  }

  get threads(): ThreadChoice | undefined {
    return this.#inner.threads;
  }

  async createSession(model: ModelFile, options?: SessionOptions): Promise<InferenceSession> {
    this.#onSession(model.name);
    const session = await this.#inner.createSession(model, { ...this.#defaults, ...options });
    this.sessions.push(session);
    return session;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.sessions.splice(0).map((session) => session.dispose()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
