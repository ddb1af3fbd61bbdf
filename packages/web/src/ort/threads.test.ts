import { describe, expect, it } from 'vitest';
import { chooseThreads } from './threads.js';

const isolated = { crossOriginIsolated: true, cores: 16 };
const plain = { crossOriginIsolated: false, cores: 16 };

describe('chooseThreads', () => {
  it.each([
    [1, 1],
    [2, 1],
    [6, 3],
    [16, 4],
  ])('takes half of %i cores and at most 4 on an isolated page', (cores, threads) => {
    for (const wanted of [undefined, 0]) {
      expect(chooseThreads(wanted, { ...isolated, cores }).threads).toBe(threads);
    }
  });

  it('takes one elsewhere and says which headers are missing', () => {
    const { threads, reason } = chooseThreads(undefined, plain);
    expect(threads).toBe(1);
    expect(reason).toMatch(
      /not cross-origin isolated.*Cross-Origin-Opener-Policy.*Cross-Origin-Embedder-Policy/,
    );
  });

  it('keeps a number that was asked for, or refuses it', () => {
    expect(chooseThreads(8, isolated).threads).toBe(8);
    expect(chooseThreads(1, plain)).toEqual({ threads: 1, reason: 'as asked for' });
    expect(() => chooseThreads(2, plain)).toThrow(
      expect.objectContaining({ code: 'OPTION_UNSUPPORTED', message: expect.stringContaining('threads: 2') }),
    );
  });

  it.each([-1, 1.5, Number.NaN])('refuses %d', (wanted) => {
    expect(() => chooseThreads(wanted, isolated)).toThrow(RangeError);
  });
});
