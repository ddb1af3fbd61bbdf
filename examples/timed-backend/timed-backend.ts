import type { InferenceBackend, InferenceSession, ModelFile, SessionOptions, Tensor } from '@org/asr-node';

/** How often a graph ran, and for how long altogether. */
export interface GraphTime {
  readonly runs: number;
  readonly milliseconds: number;
}

/** A backend that measures another: `times` has every graph by file name. */
export class TimedBackend implements InferenceBackend {
  readonly #inner: InferenceBackend;
  readonly #times = new Map<string, { runs: number; milliseconds: number }>();

  /** @param inner Does the work; disposed with this one. */
  constructor(inner: InferenceBackend) {
    this.#inner = inner;
  }

  get name(): string {
    return `timed ${this.#inner.name}`;
  }

  get times(): ReadonlyMap<string, GraphTime> {
    return this.#times;
  }

  async createSession(model: ModelFile, options?: SessionOptions): Promise<InferenceSession> {
    const session = await this.#inner.createSession(model, options);
    const time = { runs: 0, milliseconds: 0 };
    this.#times.set(model.name, time);
    return {
      inputs: session.inputs,
      outputs: session.outputs,
      provider: session.provider,
      fallbacks: session.fallbacks,
      async run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]) {
        const started = performance.now();
        try {
          return await session.run(feeds, fetches);
        } finally {
          time.runs++;
          time.milliseconds += performance.now() - started;
        }
      },
      dispose: () => session.dispose(),
      [Symbol.asyncDispose]: () => session.dispose(),
    };
  }

  dispose(): Promise<void> {
    return this.#inner.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
