import { describe, it } from 'vitest';
import { backendConformance } from './conformance/backend-conformance.js';
import type { BackendTarget } from './conformance/target.js';

/** Registers the conformance suite of `InferenceBackend` for one backend with Vitest. */
export function describeBackend(name: string, target: BackendTarget): void {
  describe(`backend contract: ${name}`, () => {
    for (const check of backendConformance) it(`${check.name}`, () => check.run(target));
  });
}
