import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { polyphaseTable } from './polyphase-table.js';
import { resample, resampledLength, Resampler } from './resampler.js';

const RATES = [
  8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 16_001, 44_099, 1000,
];

/** Deterministic noise in −1…1. */
function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x8000_0000 - 1;
  });
}

function tone(length: number, frequency: number, rate: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / rate));
}

function streamed(samples: Float32Array, cuts: readonly number[], from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to);
  const bounds = [0, ...cuts.map((cut) => Math.floor(cut * samples.length)), samples.length].sort(
    (a, b) => a - b,
  );
  const parts = bounds.slice(1).map((end, i) => resampler.push(samples.subarray(bounds[i], end)));
  return Float32Array.from([...parts, resampler.flush()].flatMap((part) => [...part]));
}

describe('Resampler', () => {
  it('gives exactly the offline result for any chunks', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES),
        fc.constantFrom(16_000, 48_000, 16_001),
        fc.integer({ min: 0, max: 5000 }),
        fc.array(unit, { maxLength: 12 }),
        (from, to, length, cuts) => {
          const samples = noise(length);
          expect(streamed(samples, cuts, from, to)).toEqual(resample(samples, from, to));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives the offline result sample by sample and across internal blocks', () => {
    const samples = noise(40_000);
    expect(streamed(samples, [0.13, 0.5, 0.51], 44_100, 16_000)).toEqual(resample(samples, 44_100, 16_000));
    const short = noise(300);
    const cuts = Array.from({ length: 300 }, (_, i) => i / 300);
    expect(streamed(short, cuts, 44_100, 16_000)).toEqual(resample(short, 44_100, 16_000));
  });

  it('takes another stream after flush', () => {
    const resampler = new Resampler(48_000, 16_000);
    const samples = noise(5000);
    const once = [...resampler.push(samples), ...resampler.flush()];
    expect([...resampler.push(samples), ...resampler.flush()]).toEqual(once);
  });

  it('needs little look-ahead', () => {
    const resampler = new Resampler(48_000, 16_000);
    // Half the filter: about 5 ms.
    expect(resampler.push(new Float32Array(48_000)).length).toBeGreaterThan(16_000 - 0.006 * 16_000);
  });

  it('never shares memory with its input', () => {
    const samples = noise(10);
    const output = new Resampler(16_000, 16_000).push(samples);
    expect(output).toEqual(samples);
    expect(output.buffer).not.toBe(samples.buffer);
  });

  it('refuses bad rates and chunks', () => {
    expect(() => new Resampler(0, 16_000)).toThrow(RangeError);
    expect(() => new Resampler(44_100.5, 16_000)).toThrow(/whole number/);
    expect(() => new Resampler(16_000, Number.NaN)).toThrow(/^to must be/);
    expect(() => new Resampler('48000' as never, 16_000)).toThrow(TypeError);
    expect(() => new Resampler(8000, 16_000).push([0, 1] as never)).toThrow(/Float32Array; got Array/);
  });
});

describe('resample', () => {
  it('has the documented length for every rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 400_000 }),
        fc.integer({ min: 0, max: 700 }),
        (from, length) => {
          expect(resample(new Float32Array(length), from, 16_000)).toHaveLength(
            resampledLength(length, from, 16_000),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(RATES)('keeps a tone in place and level, from %i Hz', (from) => {
    const frequency = 0.3 * Math.min(from, 16_000);
    const output = resample(tone(from, frequency, from), from, 16_000);
    const expected = tone(16_000, frequency, 16_000);
    let worst = 0;
    for (let i = 4000; i < 12_000; i++) worst = Math.max(worst, Math.abs(output[i]! - expected[i]!));
    expect(worst).toBeLessThan(1e-5);
  });

  it('keeps a constant exactly level', () => {
    const output = resample(new Float32Array(44_100).fill(0.5), 44_100, 16_000);
    for (const value of output.subarray(1000, 15_000)) expect(value).toBeCloseTo(0.5, 7);
  });

  it('rejects what lies above the output Nyquist, for a ratio with interpolated phases too', () => {
    for (const from of [96_000, 44_100, 44_099, 22_051]) {
      const output = resample(tone(from, 8090, from), from, 16_000).subarray(4000, 12_000);
      expect(Math.max(...output.map(Math.abs))).toBeLessThan(10 ** (-90 / 20));
    }
  });

  it('is linear and has no memory between calls', () => {
    const [a, b] = [noise(2000, 1), noise(2000, 2)];
    const sum = resample(
      Float32Array.from(a, (x, i) => x + b[i]!),
      44_100,
      16_000,
    );
    const [ra, rb] = [resample(a, 44_100, 16_000), resample(b, 44_100, 16_000)];
    sum.forEach((value, i) => expect(Math.abs(value - ra[i]! - rb[i]!)).toBeLessThan(1e-6));
  });
});

describe('polyphaseTable', () => {
  it('shares a table between equal ratios', () => {
    expect(polyphaseTable(48_000, 16_000)).toBe(polyphaseTable(96_000, 32_000));
  });

  it.each([
    [16_001, 16_000],
    [767_999, 16_000],
    [44_100, 16_001],
    [1000, 767_999],
    [767_999, 1000],
  ])('stays small for awkward ratios (%i to %i Hz)', (from, to) => {
    expect(polyphaseTable(from, to).coefficients.byteLength).toBeLessThan(3 * 2 ** 20);
  });
});
