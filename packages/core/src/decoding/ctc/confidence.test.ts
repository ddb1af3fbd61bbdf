import { describe, expect, it } from 'vitest';
import {
  aggregateConfidence,
  entropyConfidence,
  FrameEntropies,
  probabilityConfidence,
} from './confidence.js';

const logs = (...probabilities: number[]): Float64Array => Float64Array.from(probabilities, Math.log);

describe('confidence', () => {
  it('is 0 for a guess and 1 for certainty', () => {
    expect(entropyConfidence(logs(0.25, 0.25, 0.25, 0.25))).toBeCloseTo(0, 12);
    expect(entropyConfidence(logs(1, 0, 0, 0))).toBeCloseTo(1, 12);
    expect(probabilityConfidence(Math.log(0.25), 4)).toBeCloseTo(0, 12);
    expect(probabilityConfidence(0, 4)).toBe(1);
    expect(probabilityConfidence(Math.log(0.01), 4)).toBe(0);
  });

  it('is the Tsallis entropy of the formula', () => {
    // α = 0.33; Σ p^α by hand for p = (0.7, 0.2, 0.1).
    const sum = 0.7 ** 0.33 + 0.2 ** 0.33 + 0.1 ** 0.33;
    const floor = Math.exp((1 - 3 ** 0.67) / 0.67);
    const expected = (Math.exp((1 - sum) / 0.67) - floor) / (1 - floor);
    expect(entropyConfidence(logs(0.7, 0.2, 0.1))).toBeCloseTo(expected, 12);
    expect(probabilityConfidence(Math.log(0.7), 3)).toBeCloseTo((0.7 * 3 - 1) / 2, 12);
  });

  it('joins values', () => {
    const values = [0.5, 0.8];
    expect(aggregateConfidence(values, 'min')).toBe(0.5);
    expect(aggregateConfidence(values, 'max')).toBe(0.8);
    expect(aggregateConfidence(values, 'mean')).toBeCloseTo(0.65, 12);
    expect(aggregateConfidence(values, 'product')).toBeCloseTo(0.4, 12);
  });

  it('keeps the frames of long audio', () => {
    const entropies = new FrameEntropies();
    const sure = { data: logs(1, 0), frames: 1, vocabularySize: 2 };
    const unsure = { data: logs(0.5, 0.5), frames: 1, vocabularySize: 2 };
    for (let frame = 0; frame < 3000; frame++) entropies.push(frame === 2500 ? sure : unsure);
    const token = { id: 0, logProb: 0, peakLogProb: 0 };
    expect(entropies.of({ ...token, start: 2499, end: 2502 })).toBeCloseTo(1, 6);
    expect(entropies.of({ ...token, start: 2501, end: 2600 })).toBeCloseTo(0, 6);
  });
});
