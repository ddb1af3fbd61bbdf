import { describe, expect, it } from 'vitest';
import { checkSessionOptions } from './check-options.js';

describe('checkSessionOptions', () => {
  it('takes one provider, a list of them, or none', () => {
    for (const options of [
      {},
      { provider: 'cpu' },
      { provider: ['webgpu', 'cpu'] },
      { threads: 0 },
    ] as const) {
      expect(() => checkSessionOptions(options)).not.toThrow();
    }
  });

  it.each([
    [{ provider: [] }, RangeError, /provider is empty/],
    [{ provider: '' }, RangeError, /provider is empty/],
    [{ provider: 5 }, TypeError, /provider must be a name or a list of names; got 5/],
    [{ provider: ['cpu', null] }, TypeError, /provider must be a name/],
    [{ threads: 1.5 }, RangeError, /threads must be a whole number/],
    [{ graphOptimization: 'max' }, RangeError, /graphOptimization must be one of disabled/],
  ])('refuses %o', (options, type, message) => {
    expect(() => checkSessionOptions(options as object)).toThrow(type);
    expect(() => checkSessionOptions(options as object)).toThrow(message);
  });
});
