import type { InferenceBackend } from '@org/asr-web';
import { watchRuns } from '@org/asr-testkit/watch-runs';

/** Adds up the milliseconds that graphs run, by their file's name, in `spent`. */
export function timedBackend(backend: InferenceBackend, spent: Map<string, number>): InferenceBackend {
  return watchRuns(backend, async ({ model: { name } }, execute) => {
    const started = performance.now();
    const outputs = await execute();
    spent.set(name, (spent.get(name) ?? 0) + performance.now() - started);
    return outputs;
  });
}
