import { describe, expect, it } from 'vitest';
import { characterErrorRate, measureWords, wordErrorRate } from './error-rates.js';
import { visualizeAlignment } from './visualize.js';

const normalize = (text: string): string => text.toLowerCase();

describe('wordErrorRate', () => {
  it('pools sentences rather than averaging their rates', () => {
    expect(wordErrorRate(['a', 'b c d e'], ['x', 'b c d e'])).toBe(0.2);
  });

  it('applies the normaliser to both sides', () => {
    expect(wordErrorRate('Ask Not', 'ask not')).toBe(1);
    expect(wordErrorRate('Ask Not', 'ask not', { normalize })).toBe(0);
  });

  it('refuses sides of different length and names the counts', () => {
    expect(() => wordErrorRate(['a', 'b'], ['a'])).toThrow(/got 2 and 1/);
  });
});

describe('characterErrorRate', () => {
  it('counts code points and spaces', () => {
    expect(characterErrorRate('This is a test', 'This test')).toBeCloseTo(5 / 14, 12);
    expect(characterErrorRate('👩‍👧', '👩')).toBeCloseTo(2 / 3, 12);
  });
});

describe('visualizeAlignment', () => {
  const measures = measureWords(['a b', 'c d', 'e'], ['a b', 'c e', 'e']);

  it('shows wrong sentences alone unless told otherwise', () => {
    expect(visualizeAlignment(measures, { measures: false })).toBe(
      '=== SENTENCE 2 ===\n\nREF: c d\nHYP: c e\n       S\n',
    );
    expect(visualizeAlignment(measures, { skipCorrect: false })).toBe(
      '=== SENTENCE 1 ===\n\nREF: a b\nHYP: a b\n        \n\n' +
        '=== SENTENCE 2 ===\n\nREF: c d\nHYP: c e\n       S\n\n' +
        '=== SENTENCE 3 ===\n\nREF: e\nHYP: e\n      \n\n' +
        '=== SUMMARY ===\nnumber of sentences: 3\nsubstitutions=1 deletions=0 insertions=0 hits=4\n\n' +
        'mer=20.00%\nwil=36.00%\nwip=64.00%\nwer=20.00%\n',
    );
  });

  it('rounds half percents to even', () => {
    const one = measureWords(`${'a '.repeat(31)}b`, 'a '.repeat(32));
    expect(visualizeAlignment(one)).toContain('wer=3.12%');
  });
});
