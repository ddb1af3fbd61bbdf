import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trimSilence } from './trim-silence.js';

/** Loudness of 10 ms frames from runs of [seconds, dB]. */
function levels(...runs: readonly (readonly [seconds: number, level: number])[]): Float32Array {
  return Float32Array.from(
    runs.flatMap(([seconds, level]) => Array.from({ length: seconds * 100 }, () => level)),
  );
}

describe('trimSilence', () => {
  it('moves both ends to the speech, with a margin', () => {
    const loudness = levels([2, -70], [3, -20], [2, -70]);
    const { start, end } = trimSilence({ start: 0, end: 7 }, loudness);
    expect(start).toBeCloseTo(1.95, 6);
    expect(end).toBeCloseTo(5.05, 6);
  });

  it('leaves steady noise alone', () => {
    const segment = { start: 0.5, end: 4 };
    expect(trimSilence(segment, levels([5, -40]))).toEqual(segment);
  });

  it('drops the tail of a neighbour, but not a short word close by', () => {
    const tail = levels([0.1, -20], [0.5, -80], [2, -20], [1, -80]);
    expect(trimSilence({ start: 0, end: 3.6 }, tail).start).toBeCloseTo(0.55, 6);
    const word = levels([0.1, -20], [0.2, -80], [2, -20], [1, -80]);
    expect(trimSilence({ start: 0, end: 3.3 }, word).start).toBe(0);
  });

  it('keeps words inside and in order, and never widens', () => {
    const run = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: -120, max: 0 }));
    fc.assert(
      fc.property(fc.array(run, { minLength: 1 }), fc.nat(300), fc.nat(300), (runs, a, b) => {
        const loudness = levels(...runs.map(([frames, level]) => [frames / 100, level] as const));
        const [start, end] = [Math.min(a, b) / 100, Math.max(a, b) / 100];
        const middle = (start + end) / 2;
        const words = [
          { text: ' a', start, end: middle },
          { text: ' b', start: middle, end },
        ];
        const trimmed = trimSilence({ start, end, words }, loudness);
        expect(trimmed.start).toBeGreaterThanOrEqual(start);
        expect(trimmed.end).toBeLessThanOrEqual(end);
        expect(trimmed.start).toBeLessThanOrEqual(trimmed.end);
        const times = trimmed.words.flatMap((word) => [word.start, word.end]);
        expect(times).toEqual(times.toSorted((x, y) => x - y));
        expect(times[0]).toBeGreaterThanOrEqual(trimmed.start);
        expect(times.at(-1)).toBeLessThanOrEqual(trimmed.end);
      }),
    );
  });
});
