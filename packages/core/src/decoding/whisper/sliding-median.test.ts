import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slidingMedianOfSeven } from './sliding-median.js';

describe('slidingMedianOfSeven', () => {
  it('is the middle of every seven', () => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: -(2 ** 30) + 1, max: 2 ** 30 - 1 }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 8, maxLength: 60 }), (values) => {
        const length = values.length - 7;
        const medians = new Int32Array(length);
        slidingMedianOfSeven(Int32Array.from(values), medians, length);
        const expected = Array.from(medians, (_, i) => values.slice(i, i + 7).sort((a, b) => a - b)[3]);
        expect([...medians]).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
