import type { InferenceBackend } from '@org/asr-web';

/** Adds up the milliseconds that graphs run, by their file's name, in `spent`. */
export function timedBackend(backend: InferenceBackend, spent: Map<string, number>): InferenceBackend {
  return {
    name: backend.name,
    async createSession(file, options) {
      const session = await backend.createSession(file, options);
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        provider: session.provider,
        fallbacks: session.fallbacks,
        async run(feeds, fetches) {
          const started = performance.now();
          const outputs = await session.run(feeds, fetches);
          spent.set(file.name, (spent.get(file.name) ?? 0) + performance.now() - started);
          return outputs;
        },
        dispose: () => session.dispose(),
        [Symbol.asyncDispose]: () => session.dispose(),
      };
    },
    dispose: () => backend.dispose(),
    [Symbol.asyncDispose]: () => backend.dispose(),
  };
}
