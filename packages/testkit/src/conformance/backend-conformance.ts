import { runCases } from './run-cases.js';
import { errorCases, lifetimeCases, providerCases } from './session-cases.js';
import type { ConformanceCase } from './target.js';

/**
 * The contract of `InferenceBackend` as checks that every implementation must pass. Needs no test runner and no
 * Node, so that a browser page can run it: `for (const { name, run } of backendConformance) await run(target)`.
 */
export const backendConformance: readonly ConformanceCase[] = [
  ...runCases,
  ...errorCases,
  ...providerCases,
  ...lifetimeCases,
];
