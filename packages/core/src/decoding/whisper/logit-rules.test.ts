import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogitRules, type LogitRuleOptions } from './logit-rules.js';

/** 0–9 text, 10 end, 11 start, 12 translate, 13 transcribe, 14 lm, 15 prev, 16 no speech, 17 no timestamps, 18–48 times, 49 added word. */
const tokens = {
  endOfText: 10,
  startOfTranscript: 11,
  translate: 12,
  transcribe: 13,
  startOfLm: 14,
  startOfPrevious: 15,
  noSpeech: 16,
  noTimestamps: 17,
  timestampBegin: 18,
  timestampEnd: 48,
};
const V = 50;
const rulesWith = (options: Partial<LogitRuleOptions> = {}) =>
  new LogitRules({ tokens, vocabularySize: V, ...options });
const flat = (value = 0) => new Float32Array(V).fill(value);
const allowed = (row: Float32Array) => [...row.keys()].filter((i) => row[i]! > -Infinity);

describe('LogitRules', () => {
  it('gives the log-softmax of what is left', () => {
    const row = flat(-50);
    row[3] = 2;
    row[4] = 1;
    row[30] = 0;
    const { argmax, logProb, logSumExp } = rulesWith().apply(row, [18, 5]);
    expect(argmax).toBe(3);
    expect(logSumExp).toBeCloseTo(Math.log(Math.exp(2) + Math.exp(1) + 1), 6);
    expect(logProb).toBeCloseTo(2 - logSumExp, 6);
  });

  it('never allows control tokens', () => {
    const row = flat();
    rulesWith({ timestamps: false }).apply(row, [1]);
    expect(allowed(row)).not.toEqual(expect.arrayContaining([11]));
    for (const id of [11, 12, 13, 14, 15, 16]) expect(row[id]).toBe(-Infinity);
  });

  it('masks the padding of the vocabulary', () => {
    const row = new Float32Array(64).fill(1);
    row[60] = 90;
    const { argmax } = rulesWith({ timestamps: false }).apply(row, [1]);
    expect(argmax).toBe(0);
    expect(row.subarray(V).every((x) => x === -Infinity)).toBe(true);
  });

  it('treats words that a fine-tune added after the timestamps as text', () => {
    const rules = rulesWith();
    const row = flat(-9);
    row[49] = 5;
    expect(rules.apply(row, [18, 1]).argmax).toBe(49);
    const first = flat(-9);
    first[49] = 5;
    expect(rules.apply(first, []).argmax).not.toBe(49);
    const closed = flat(-9);
    closed[49] = 5;
    expect(rules.apply(closed, [18, 49, 20]).argmax).toBeGreaterThanOrEqual(20);
  });

  it('divides positive and multiplies negative logits of repeated text, once each', () => {
    const row = flat();
    row[2] = 4;
    row[3] = -4;
    row[20] = 3;
    rulesWith({ timestamps: false, repetitionPenalty: 2 }).apply(row, [2, 3, 2, 20]);
    expect([row[2], row[3], row[20]]).toEqual([2, -8, 3]);
  });

  it('forbids the token that would repeat an n-gram of text', () => {
    const rules = rulesWith({ timestamps: false, noRepeatNgramSize: 3 });
    const row = flat();
    rules.apply(row, [1, 2, 3, 25, 25, 1, 2]);
    expect(row[3]).toBe(-Infinity);
    expect(row[4]).toBe(0);
    const unigrams = flat();
    rulesWith({ timestamps: false, noRepeatNgramSize: 1 }).apply(unigrams, [1, 2]);
    expect(allowed(unigrams)).toEqual(expect.arrayContaining([0, 3, 4]));
    expect(unigrams[1]).toBe(-Infinity);
    expect(unigrams[2]).toBe(-Infinity);
  });

  it('suppresses blanks after a prefix, where sampling begins', () => {
    const rules = rulesWith({ blankTokens: [3], timestamps: false });
    const first = flat();
    rules.apply(first, [1, 2], 2);
    expect([first[3], first[10]]).toEqual([-Infinity, -Infinity]);
    const later = flat();
    rules.apply(later, [1, 2, 4], 2);
    expect([later[3], later[10]]).toEqual([0, 0]);
  });

  it('lets decoding end when nothing else is left', () => {
    const rules = rulesWith({ suppressTokens: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 49], blankTokens: [3] });
    const row = flat();
    expect(rules.apply(row, [18], 1)).toMatchObject({ argmax: 10, logProb: 0 });
    expect(allowed(row)).toEqual([10]);
  });

  it.each([Number.NaN, Infinity, -Infinity])('reports logits of %s', (value) => {
    expect(() => rulesWith().apply(flat(value), [18, 1])).toThrow(
      expect.objectContaining({ code: 'BACKEND_FAILED' }),
    );
  });

  it.each([[[10]], [[50]], [[-1]], [[1.5]]])('refuses to suppress %s', (suppressTokens) => {
    expect(() => rulesWith({ suppressTokens })).toThrow(RangeError);
  });

  it('never leaves a row without a choice, and never lets time run backwards', () => {
    const options = fc.record({
      timestamps: fc.boolean(),
      maxInitialTimestamp: fc.option(fc.nat(40), { nil: undefined }),
      suppressTokens: fc.uniqueArray(fc.integer({ min: 0, max: 9 })),
      blankTokens: fc.constantFrom([], [3]),
      repetitionPenalty: fc.constantFrom(1, 1.3),
      noRepeatNgramSize: fc.nat(3),
    });
    const seeds = fc.array(fc.float32Array({ minLength: V, maxLength: V, noNaN: true, min: -30, max: 30 }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(options, seeds, fc.nat(3), (option, steps, rank) => {
        const rules = rulesWith(option);
        const sampled: number[] = [];
        for (const row of steps) {
          const { argmax, logProb, logSumExp } = rules.apply(row, sampled);
          const left = allowed(row).sort((a, b) => row[b]! - row[a]!);
          expect(left.length).toBeGreaterThan(0);
          expect(row[argmax]).toBe(row[left[0]!]);
          expect(logProb).toBeLessThanOrEqual(1e-9);
          const total = left.reduce((sum, id) => sum + Math.exp(row[id]! - logSumExp), 0);
          expect(total).toBeCloseTo(1, 2);
          const next = left[Math.min(rank, left.length - 1)]!;
          if (next === tokens.endOfText) break;
          sampled.push(next);
        }
        if (!option.timestamps) return;
        const times = sampled.filter((id) => id >= 18 && id <= 48);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        if (sampled.length > 0) expect(sampled[0]).toBeGreaterThanOrEqual(18);
        if (sampled.length > 0) {
          expect(sampled[0]).toBeLessThanOrEqual(18 + (option.maxInitialTimestamp ?? 30));
        }
      }),
    );
  });
});
