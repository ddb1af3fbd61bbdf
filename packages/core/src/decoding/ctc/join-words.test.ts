import { describe, expect, it } from 'vitest';
import { joinWords, splitAtPauses, timeWords } from './join-words.js';
import { createCtcVocabulary, groupWords } from './vocabulary.js';

const labels = ['<blk>', '▁HE', 'LLO', '▁', '你', '好', 'A', '▁世'];
const vocabulary = createCtcVocabulary(labels);

/** Tokens of two frames each, one blank between them. */
const words = (...pieces: string[]) => {
  const tokens = pieces.map((piece, i) => ({
    id: labels.indexOf(piece),
    start: 3 * i,
    end: 3 * i + 2,
    logProb: -1,
    peakLogProb: -0.5,
  }));
  return timeWords(groupWords(tokens, vocabulary), vocabulary);
};

describe('timeWords', () => {
  it('keeps words between spaces', () => {
    const found = words('▁HE', 'LLO', '▁HE');
    expect(found.map(({ text, start, end, glued }) => [text, start, end, glued])).toEqual([
      ['HELLO', 0, 5, false],
      ['HE', 6, 8, false],
    ]);
    expect(joinWords(found)).toBe('HELLO HE');
  });

  it('splits scripts without spaces into their labels, and leaves letters between them together', () => {
    const found = words('▁HE', 'LLO', '▁世', '你', 'A', 'A', '好');
    expect(found.map(({ text, glued }) => [text, glued])).toEqual([
      ['HELLO', false],
      ['世', false],
      ['你', true],
      ['AA', true],
      ['好', true],
    ]);
    expect(joinWords(found)).toBe('HELLO 世你AA好');
    expect(found.map(({ start, end }) => [start, end])).toEqual([
      [0, 5],
      [6, 8],
      [9, 11],
      [12, 17],
      [18, 20],
    ]);
  });
});

describe('splitAtPauses', () => {
  it('begins a group where a pause is as long as was said, or longer', () => {
    const found = words('▁HE', '▁HE', '▁HE');
    expect(splitAtPauses(found, 2).map((group) => group.length)).toEqual([3]);
    expect(splitAtPauses(found, 1).map((group) => group.length)).toEqual([1, 1, 1]);
    expect(splitAtPauses([], 1)).toEqual([]);
  });
});
