import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floatToHalf, halfToFloat } from './half-float.js';

const half = (value: number): number => floatToHalf(Float32Array.of(value))[0]!;
const float = (bits: number): number => halfToFloat(Uint16Array.of(bits))[0]!;

describe('half floats', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [0.333251953125, 0x3555],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ])('writes and reads %d', (value, bits) => {
    expect(half(value)).toBe(bits);
    expect(float(bits)).toBe(value);
  });

  it('brings every half float back', () => {
    const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const back = floatToHalf(halfToFloat(bits));
    for (const value of bits) {
      const isNaN = (value & 0x7c00) === 0x7c00 && (value & 0x3ff) !== 0;
      if (isNaN) expect(back[value]! & 0x7e00).toBe(0x7e00);
      else expect(back[value]).toBe(value);
    }
  });

  it('rounds to the nearest, ties to even', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const magnitude = half(Math.abs(value));
        const error = Math.abs(Math.abs(value) - float(magnitude));
        for (const other of [magnitude - 1, magnitude + 1]) {
          if (other < 0 || other > 0x7bff) continue;
          const otherError = Math.abs(Math.abs(value) - float(other));
          expect(error).toBeLessThanOrEqual(otherError);
          if (error === otherError) expect(magnitude & 1).toBe(0);
        }
        expect(half(value) & 0x7fff).toBe(magnitude);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [65519.99609375, 0x7bff],
    [65520, 0x7c00],
    [1e30, 0x7c00],
    [2 ** -25, 0],
    [2 ** -25 * 1.0001, 1],
    [2 ** -14 * (1 - 2 ** -12), 0x0400],
  ])('rounds %d', (value, bits) => {
    expect(half(value)).toBe(bits);
  });

  it('writes into memory that is larger', () => {
    const out = new Float32Array(4).fill(9);
    expect([...halfToFloat(Uint16Array.of(0x3c00, 0xbc00), out)]).toEqual([1, -1]);
    expect([...out]).toEqual([1, -1, 9, 9]);
  });
});
