import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignmentMatrix } from './alignment-matrix.js';
import { medianFilter } from './median-filter.js';
import { tokenStartTimes } from './word-timing.js';

/** The definition, step by step. */
function plainMatrix(logits: Float32Array, heads: number, tokens: number, frames: number, columns: number) {
  const matrix = new Float64Array(tokens * columns);
  for (let head = 0; head < heads; head++) {
    const rows = Array.from({ length: tokens }, (_, token) => {
      const from = (head * tokens + token) * frames;
      const powers = [...logits.subarray(from, from + columns)].map(Math.exp);
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / sum);
    });
    for (let i = 0; i < columns; i++) {
      const mean = rows.reduce((sum, row) => sum + row[i]!, 0) / tokens;
      const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (row[i]! - mean) ** 2, 0) / tokens);
      for (const row of rows) row[i] = (row[i]! - mean) / deviation;
    }
    for (const [token, row] of rows.entries()) {
      const filtered = Float32Array.from(row);
      medianFilter(filtered, 0, columns, 7);
      for (let i = 0; i < columns; i++) matrix[token * columns + i]! += filtered[i]! / heads;
    }
  }
  return matrix;
}

const shape = fc.record({
  heads: fc.integer({ min: 1, max: 3 }),
  tokens: fc.integer({ min: 2, max: 6 }),
  frames: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 1, max: 1e9 }),
});

function randomLogits(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * 4;
  });
}

describe('alignmentMatrix', () => {
  it('is what the definition says, for any shape and crop', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 4, max: 60 }), ({ heads, tokens, frames, seed }, positions) => {
        const data = randomLogits(heads * tokens * frames, seed);
        const { matrix, columns } = alignmentMatrix(
          { data, heads, tokens, frames, kind: 'logits' },
          positions,
        );
        expect(columns).toBe(Math.min(frames, positions));
        const expected = plainMatrix(data, heads, tokens, frames, columns);
        // One position alone has all the weight of every token, so all tokens are alike.
        const difference = columns === 1 ? [0] : expected.map((value, i) => Math.abs(value - matrix[i]!));
        expect(Math.max(...difference)).toBeLessThan(1e-3);
      }),
    );
  });

  it('gives no weight to positions that all tokens look at alike', () => {
    const { matrix } = alignmentMatrix(
      { data: new Float32Array(2 * 8).fill(0.125), heads: 1, tokens: 2, frames: 8 },
      8,
    );
    expect([...matrix].every((value) => value === 0)).toBe(true);
  });

  it('refuses data of another size and rows outside', () => {
    const attention = { data: new Float32Array(12), heads: 1, tokens: 3, frames: 4 };
    expect(() => alignmentMatrix({ ...attention, heads: 2 }, 4)).toThrow(/2 × 3 × 4/);
    expect(() => alignmentMatrix({ ...attention, timedRows: [1, 4] }, 4)).toThrow(RangeError);
    expect(() => alignmentMatrix({ ...attention, timedRows: [2, 2] }, 4)).toThrow(RangeError);
  });
});

describe('tokenStartTimes', () => {
  it('never decreases, begins at 0 and stays inside the audio', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 60 }), ({ heads, tokens, frames, seed }, positions) => {
        const data = randomLogits(heads * tokens * frames, seed);
        const times = tokenStartTimes({ data, heads, tokens, frames, kind: 'logits' }, positions);
        expect(times.length).toBe(tokens);
        expect(times[0]).toBe(0);
        expect([...times]).toEqual([...times].sort((a, b) => a - b));
        expect(times.at(-1)).toBeLessThanOrEqual(Math.max(0, Math.min(positions, frames) - 1) / 50);
      }),
    );
  });
});
