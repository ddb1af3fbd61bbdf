import type { GraphOptimization, SessionOptions } from './backend.js';

const LEVELS: readonly GraphOptimization[] = ['disabled', 'basic', 'extended', 'all'];

/**
 * Checks the values of session options that need no runtime to be judged, for implementations of backends.
 *
 * @throws TypeError, RangeError naming the option.
 */
export function checkSessionOptions({ provider, threads, graphOptimization }: SessionOptions): void {
  const names: readonly unknown[] = Array.isArray(provider) ? provider : [provider ?? 'cpu'];
  if (names.some((name) => typeof name !== 'string')) {
    throw new TypeError(`provider must be a name or a list of names; got ${String(provider)}`);
  }
  if (provider?.length === 0) {
    throw new RangeError("provider is empty: name one, or several in order of preference: ['webgpu', 'cpu']");
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 0)) {
    throw new RangeError(
      `threads must be a whole number of at least 0 (the runtime chooses), got ${threads}`,
    );
  }
  if (graphOptimization !== undefined && !LEVELS.includes(graphOptimization)) {
    throw new RangeError(
      `graphOptimization must be one of ${LEVELS.join(', ')}, got ${String(graphOptimization)}`,
    );
  }
}
