import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.js';
import { bootstrapDifference, bootstrapRate } from './bootstrap.js';
import type { ErrorSample } from './bootstrap.js';

/** Utterances of ten words, each word wrong with some probability. */
function draw(count: number, probability: number, seed: number): ErrorSample[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    let errors = 0;
    for (let word = 0; word < 10; word++) if (random() < probability) errors++;
    return { errors, length: 10 };
  });
}

const rateOf = (samples: readonly ErrorSample[]): number =>
  samples.reduce((sum, { errors }) => sum + errors, 0) / samples.reduce((sum, { length }) => sum + length, 0);

describe('bootstrapRate', () => {
  it('gives the interval of the normal approximation for many utterances of one length', () => {
    const samples = draw(800, 0.1, 1);
    const rate = rateOf(samples);
    const variance = samples.reduce((sum, { errors }) => sum + (errors / 10 - rate) ** 2, 0) / samples.length;
    const half = 1.96 * Math.sqrt(variance / samples.length);
    const { low, high } = bootstrapRate(samples);
    expect(low).toBeCloseTo(rate - half, 3);
    expect(high).toBeCloseTo(rate + half, 3);
  });

  it('holds the true rate in about 95 of 100 sets', () => {
    let held = 0;
    for (let set = 0; set < 200; set++) {
      const { low, high } = bootstrapRate(draw(100, 0.1, 1000 + set), { resamples: 1000, seed: set });
      if (low <= 0.1 && 0.1 <= high) held++;
    }
    expect(held / 200).toBeGreaterThan(0.9);
    expect(held / 200).toBeLessThan(0.99);
  });

  it('weighs utterances by their words', () => {
    const samples = [
      { errors: 0, length: 1000 },
      { errors: 1, length: 1 },
    ];
    // The extremes of three possible draws: both are the long one, or both the short one.
    expect(bootstrapRate(samples)).toEqual({ low: 0, high: 1 });
  });

  it('does not take no error for certainty', () => {
    // Clopper and Pearson: with no error in 100 words, 1 − 0.025^(1/100).
    const { low, high } = bootstrapRate([
      { errors: 0, length: 60 },
      { errors: 0, length: 40 },
    ]);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(0.0362, 4);
  });

  it('gives the same for the same seed, and wider intervals for more confidence', () => {
    const samples = draw(50, 0.2, 3);
    expect(bootstrapRate(samples, { seed: 5 })).toEqual(bootstrapRate(samples, { seed: 5 }));
    const wide = bootstrapRate(samples, { confidence: 0.99 });
    const narrow = bootstrapRate(samples, { confidence: 0.5 });
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
  });

  it('refuses what no interval can be made of', () => {
    expect(() => bootstrapRate([])).toThrow(RangeError);
    expect(() => bootstrapRate(draw(3, 0.1, 0), { confidence: 1 })).toThrow(/bootstrap\.confidence/);
    expect(() => bootstrapRate(draw(3, 0.1, 0), { resamples: 10 })).toThrow(/bootstrap\.resamples/);
  });
});

describe('bootstrapDifference', () => {
  it('sees what two intervals would not: a small gain in every utterance', () => {
    const baseline = draw(200, 0.3, 7).map(({ errors, length }) => ({ errors: errors + 1, length }));
    const samples = baseline.map(({ errors, length }) => ({ errors: errors - 1, length }));
    const { difference, interval, probabilityOfImprovement } = bootstrapDifference(samples, baseline);
    expect(difference).toBeCloseTo(-0.1, 12);
    expect(interval.low).toBeCloseTo(-0.1, 12);
    expect(interval.high).toBeCloseTo(-0.1, 12);
    expect(probabilityOfImprovement).toBe(1);
  });

  it('calls one lucky utterance no difference', () => {
    const baseline = draw(60, 0.1, 9);
    const samples = baseline.map((sample, i) =>
      i === 0 ? { ...sample, errors: sample.errors + 1 } : sample,
    );
    const { interval } = bootstrapDifference(samples, baseline);
    expect(interval.low).toBe(0);
    expect(interval.high).toBeGreaterThan(0);
  });

  it('refuses scores of different references', () => {
    const message = /same utterances/;
    expect(() => bootstrapDifference(draw(3, 0.1, 0), draw(4, 0.1, 0))).toThrow(message);
    expect(() => bootstrapDifference([{ errors: 0, length: 3 }], [{ errors: 0, length: 4 }])).toThrow(
      message,
    );
  });
});
