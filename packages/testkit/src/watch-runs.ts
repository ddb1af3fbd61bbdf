import type { InferenceBackend, InferenceSession, ModelFile, Tensor } from '@org/asr-core';

/** A run that is about to begin. */
export interface WatchedRun {
  /** The graph's file. */
  readonly model: ModelFile;
  readonly session: InferenceSession;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/**
 * A backend with something around every run of a graph: a stopwatch, notes of what goes in and comes out. Disposing it disposes
 * the given one.
 *
 * @param around Gives what `execute` gives.
 */
export function watchRuns(
  backend: InferenceBackend,
  around: (
    run: WatchedRun,
    execute: () => Promise<Record<string, Tensor>>,
  ) => Promise<Record<string, Tensor>>,
): InferenceBackend {
  return {
    name: backend.name,
    async createSession(model, options) {
      const session = await backend.createSession(model, options);
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        provider: session.provider,
        fallbacks: session.fallbacks,
        run: (feeds, fetches) => around({ model, session, feeds }, () => session.run(feeds, fetches)),
        dispose: () => session.dispose(),
        [Symbol.asyncDispose]: () => session.dispose(),
      };
    },
    dispose: () => backend.dispose(),
    [Symbol.asyncDispose]: () => backend.dispose(),
  };
}
