import { describe, expect, it } from 'vitest';
import type { RowRules } from '../../decoding/whisper/logit-rules.js';
import { NotingRules } from './noting-rules.js';

/** Forbids the first token, and tells the likeliest of the others. */
const RULES = {
  tokens: {} as RowRules['tokens'],
  vocabularySize: 4,
  timestamps: false,
  apply: (row: Float32Array) => {
    row[0] = -Infinity;
    const logSumExp = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
    const argmax = row.indexOf(Math.max(...row));
    return { argmax, logProb: row[argmax]! - logSumExp, logSumExp };
  },
} satisfies RowRules;

describe('NotingRules', () => {
  it('notes the likeliest tokens beside the one that is taken, after the rules', () => {
    const rules = new NotingRules(RULES, 1);
    const row = Float32Array.from([0.9, 0.1, 0.5, 0.4], Math.log);
    expect(rules.apply(row, [7], 1).argmax).toBe(2);
    expect(rules.others(1).map(({ token }) => token)).toEqual([3]);
    expect(rules.others(1)[0]!.logProb).toBeCloseTo(Math.log(0.4));
    expect(rules.others(0)).toEqual([]);
  });

  it('forgets a text when another one begins', () => {
    const rules = new NotingRules(RULES, 2);
    rules.apply(Float32Array.of(0, 1, 2, 3), []);
    rules.apply(Float32Array.of(0, 1, 2, 3), [3]);
    expect(rules.others(1).map(({ token }) => token)).toEqual([2, 1]);
    rules.apply(Float32Array.of(0, 1, 2, 3), []);
    expect(rules.others(1)).toEqual([]);
  });
});
