import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RealFft } from './real-fft.js';

/** The definition, in float64. */
function naiveDft(input: Float64Array): { re: Float64Array; im: Float64Array } {
  const bins = input.length / 2 + 1;
  const re = new Float64Array(bins);
  const im = new Float64Array(bins);
  for (let k = 0; k < bins; k++) {
    for (let n = 0; n < input.length; n++) {
      // The product is reduced first, so that the angle stays exact.
      const angle = (-2 * Math.PI * ((k * n) % input.length)) / input.length;
      re[k]! += input[n]! * Math.cos(angle);
      im[k]! += input[n]! * Math.sin(angle);
    }
  }
  return { re, im };
}

const LENGTHS = [
  4, 6, 8, 10, 12, 16, 20, 24, 32, 30, 48, 50, 60, 72, 160, 200, 256, 320, 400, 480, 512, 600, 1024,
];

describe('RealFft', () => {
  it.each(LENGTHS)('equals the definition at length %i', (length) => {
    const fft = new RealFft(length);
    const re = new Float64Array(fft.bins);
    const im = new Float64Array(fft.bins);
    const power = new Float64Array(fft.bins);
    fc.assert(
      fc.property(
        fc.float64Array({ minLength: length, maxLength: length, min: -1, max: 1, noNaN: true }),
        (input) => {
          const before = input.slice();
          fft.transform(input, re, im);
          fft.power(input, power);
          expect(input).toEqual(before);
          const expected = naiveDft(input);
          for (let k = 0; k < fft.bins; k++) {
            expect(Math.abs(re[k]! - expected.re[k]!)).toBeLessThan(1e-11);
            expect(Math.abs(im[k]! - expected.im[k]!)).toBeLessThan(1e-11);
            expect(Math.abs(power[k]! - expected.re[k]! ** 2 - expected.im[k]! ** 2)).toBeLessThan(1e-8);
          }
        },
      ),
      { numRuns: 5 },
    );
  });

  it.each([0, 2, 3, 7, 14, 401, 22, 4.5, -8, Number.NaN])('refuses length %d by name', (length) => {
    expect(() => new RealFft(length)).toThrow(new RegExp(`FFT length ${length} `));
  });
});
