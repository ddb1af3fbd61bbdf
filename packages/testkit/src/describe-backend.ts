import { describe, it } from 'vitest';
import { backendConformance } from './conformance/backend-conformance.js';
import type { BackendTarget } from './conformance/target.js';

/** Registers the conformance suite of `InferenceBackend` for one backend with Vitest. */
export function describeBackend(name: string, target: BackendTarget): void {
  describe(`backend contract: ${name}`, () => {
    it.each(backendConformance)('$name', (check) => check.run(target));
  });
}
