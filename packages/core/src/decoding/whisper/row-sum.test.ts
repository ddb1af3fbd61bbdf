import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSumExp, mergeRowSums, sumRow, type RowSum } from './row-sum.js';

const empty = (): RowSum => ({ argmax: -1, max: -Infinity, sum: 0 });
const summed = (row: Float32Array, from = 0, to = row.length): RowSum => {
  const into = empty();
  sumRow(row, from, to, into);
  return into;
};
const exact = (row: Float32Array): number => {
  const max = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return max + Math.log(row.reduce((sum, x) => sum + Math.exp(x - max), 0));
};
const logit = fc.oneof(
  { weight: 9, arbitrary: fc.float({ min: -40, max: 40, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(-Infinity) },
);
const rows = fc.float32Array({ minLength: 1, maxLength: 300, noNaN: true, min: -60, max: 60 });

describe('sumRow', () => {
  it('finds the first maximum and the sum', () => {
    const row = Float32Array.of(1, 3, -Infinity, 3, 2, Number.NaN);
    const sum = summed(row);
    expect(sum.argmax).toBe(1);
    expect(sum.max).toBe(3);
    expect(logSumExp(sum)).toBeCloseTo(Math.log(Math.E + 2 * Math.E ** 3 + Math.E ** 2), 6);
  });

  it('has nothing to say about a row without a choice', () => {
    expect(summed(Float32Array.of(-Infinity, Number.NaN))).toEqual(empty());
    expect(summed(Float32Array.of(1, 2), 1, 1)).toEqual(empty());
    expect(logSumExp(empty())).toBe(-Infinity);
  });

  it('is within 1e-4 of the exact log-sum-exp over a vocabulary', () => {
    // A bell of small logits far below a few large ones, as a decoder gives them; and a flat row.
    for (const spread of [0, 1, 3, 6]) {
      for (const lead of [0, 4, 8, 16]) {
        const row = Float32Array.from({ length: 51864 }, (_, i) => spread * Math.sin(i * 12.9898) * 2);
        row[777] = 2 * spread + lead;
        row[778] = 2 * spread + lead - 0.5;
        expect(Math.abs(logSumExp(summed(row)) - exact(row))).toBeLessThan(1e-4);
      }
    }
  });

  it('takes in every entry of a long range and none outside of it', () => {
    // Entries are added in pairs: ranges of odd and even length, and peaks that break a pair in either place.
    const row = Float32Array.from({ length: 4000 }, (_, i) => 6 * Math.sin(i * 12.9898));
    for (const from of [0, 1, 2, 3]) {
      for (const to of [3000, 3001, 3002, 3003]) {
        for (const peak of [from, from + 1, 1500, 1501, to - 2, to - 1]) {
          const part = row.slice(from, to);
          part[peak - from] = 14;
          const within = Float32Array.from(row);
          within.set(part, from);
          within[from - 1] = within[to] = 40;
          const sum = summed(within, from, to);
          expect(sum.argmax).toBe(peak);
          expect(Math.abs(logSumExp(sum) - exact(part))).toBeLessThan(1e-4);
        }
      }
    }
  });

  it('agrees with the exact sum and with sums of parts', () => {
    fc.assert(
      fc.property(rows, fc.nat(300), (row, at) => {
        const cut = Math.min(at, row.length);
        const whole = summed(row);
        expect(whole.argmax).toBe(row.indexOf(Math.max(...row)));
        expect(Math.abs(logSumExp(whole) - exact(row))).toBeLessThan(5e-3);
        const left = summed(row, 0, cut);
        mergeRowSums(left, summed(row, cut, row.length));
        expect(left.argmax).toBe(whole.argmax);
        expect(Math.abs(logSumExp(left) - logSumExp(whole))).toBeLessThan(5e-3);
      }),
    );
  });

  it('ignores what is masked', () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1, maxLength: 100 }), (values) => {
        const finite = values.filter(Number.isFinite);
        fc.pre(finite.length > 0);
        const all = summed(Float32Array.from(values));
        expect(all.max).toBe(Math.max(...finite));
        expect(Math.abs(logSumExp(all) - exact(Float32Array.from(finite)))).toBeLessThan(5e-3);
      }),
    );
  });
});
