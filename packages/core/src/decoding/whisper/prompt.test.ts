import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PromptHistory } from './prompt-history.js';
import { buildPrompt, carryPrompt, encodePromptText, previousTextLimit } from './prompt.js';

/** The multilingual vocabulary. */
const tokens = {
  endOfText: 50257,
  startOfTranscript: 50258,
  translate: 50358,
  transcribe: 50359,
  startOfLm: 50360,
  startOfPrevious: 50361,
  noSpeech: 50362,
  noTimestamps: 50363,
  timestampBegin: 50364,
  timestampEnd: 51864,
};
const en = 50259;
const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

describe('buildPrompt', () => {
  it('starts a multilingual and an English-only transcript', () => {
    expect(buildPrompt(tokens, { language: en }, 448)).toEqual({
      prompt: [50258, en, 50359],
      startIndex: 0,
      transcriptIndex: 3,
    });
    expect(buildPrompt(tokens, { language: en, task: 'translate', timestamps: false }, 448).prompt).toEqual([
      50258,
      en,
      50358,
      50363,
    ]);
    expect(buildPrompt(tokens, { timestamps: false }, 448).prompt).toEqual([50258, 50363]);
    expect(() => buildPrompt(tokens, { task: 'translate' }, 448)).toThrow(RangeError);
  });

  it('puts hotwords and the end of the previous text before it', () => {
    const { prompt, startIndex, transcriptIndex } = buildPrompt(
      tokens,
      { language: en, previous: range(300), hotwords: [7, 8, 9] },
      448,
    );
    expect(prompt).toEqual([50361, 7, 8, 9, ...range(220, 80), 50258, en, 50359]);
    expect(startIndex).toBe(224);
    expect(transcriptIndex).toBe(227);
  });

  it('puts a prefix after it, as a segment that has begun', () => {
    const withTimes = buildPrompt(tokens, { prefix: [1, 2] }, 448);
    expect(withTimes).toEqual({ prompt: [50258, 50364, 1, 2], startIndex: 0, transcriptIndex: 1 });
    const without = buildPrompt(tokens, { prefix: [1, 2], timestamps: false }, 448);
    expect(without).toEqual({ prompt: [50258, 50363, 1, 2], startIndex: 0, transcriptIndex: 2 });
  });

  it('refuses what would be cut without a word', () => {
    expect(() => buildPrompt(tokens, { prefix: range(224) }, 448)).toThrow(/prefix: 224 tokens/);
    expect(() => buildPrompt(tokens, { hotwords: range(224) }, 448)).toThrow(/hotwords: 224 tokens/);
  });

  it('always leaves room for a token', () => {
    const part = fc.nat(223).map((n) => range(n));
    fc.assert(
      fc.property(part, part, fc.nat(600), fc.boolean(), (prefix, hotwords, count, timestamps) => {
        const parts = { language: en, previous: range(count), hotwords, prefix, timestamps };
        const { prompt, startIndex, transcriptIndex } = buildPrompt(tokens, parts, 448);
        expect(prompt.length).toBeLessThan(448);
        expect(startIndex).toBeLessThanOrEqual(224);
        expect(prompt[startIndex]).toBe(tokens.startOfTranscript);
        expect(prompt.slice(prompt.length - prefix.length)).toEqual(prefix);
        expect(transcriptIndex).toBeLessThanOrEqual(prompt.length);
      }),
    );
  });
});

describe('prompt text', () => {
  it('begins with one space, and nothing is nothing', () => {
    expect(encodePromptText('  Ann, Bob\n', (text) => [text.length])).toEqual([9]);
    expect(encodePromptText(' \n', () => [1])).toEqual([]);
  });

  it('carries the initial prompt before the end of the text', () => {
    expect(previousTextLimit(448)).toBe(223);
    expect(carryPrompt([1, 2], [3, 4, 5], 4)).toEqual([1, 2, 4, 5]);
    expect(carryPrompt([1, 2, 3], [4], 2)).toEqual([2, 3]);
  });
});

describe('PromptHistory', () => {
  const options = { maxTokens: 20, conditionOnPreviousText: true, initialPrompt: [1, 2] };

  it('grows, keeps its end and forgets', () => {
    const history = new PromptHistory(options);
    expect(history.previous()).toEqual([1, 2]);
    history.add([3, 4]);
    expect(history.previous()).toEqual([1, 2, 3, 4]);
    history.add(range(7, 10));
    expect(history.previous()).toEqual([3, 4, ...range(7, 10)]);
    history.reset();
    expect(history.previous()).toEqual([]);
  });

  it('keeps a carried prompt through everything', () => {
    const history = new PromptHistory({ ...options, carryInitialPrompt: true });
    history.add(range(20, 10));
    expect(history.previous()).toEqual([1, 2, ...range(7, 23)]);
    history.reset();
    expect(history.previous()).toEqual([1, 2]);
  });

  it('without conditioning tells the initial prompt to the first window alone', () => {
    const history = new PromptHistory({ ...options, conditionOnPreviousText: false });
    history.add([3]);
    expect(history.previous()).toEqual([]);
  });
});
