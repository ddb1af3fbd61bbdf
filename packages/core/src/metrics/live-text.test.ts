import { describe, expect, it } from 'vitest';
import { emissionDelays, normalizedErasure, wordEmissions } from './live-text.js';

const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z]/g, '');

describe('normalizedErasure', () => {
  it.each([
    [[], 0],
    [['a b c'], 0],
    [['a', 'a b', 'a b c'], 0],
    // One word is taken back, of three.
    [['a', 'a x', 'a b c'], 1 / 3],
    // All but the first word, twice.
    [['a b c', 'a x y', 'a b c'], 4 / 3],
    [['a b', ''], 2],
  ])('of %j is %f', (texts, expected) => {
    expect(normalizedErasure(texts)).toBeCloseTo(expected, 12);
  });

  it('sees what the normaliser leaves', () => {
    expect(normalizedErasure(['Hello', 'hello, world'])).toBe(0.5);
    expect(normalizedErasure(['Hello', 'hello, world'], { normalize: plain })).toBe(0);
  });
});

describe('wordEmissions', () => {
  it('times words from when they stand with all before them', () => {
    const history = [
      { time: 1, text: 'a x' },
      { time: 2, text: 'a b c' },
      { time: 3, text: 'a c c' },
      { time: 4, text: 'a b c' },
    ];
    expect(wordEmissions(history)).toEqual([
      { word: 'a', time: 1 },
      { word: 'b', time: 4 },
      { word: 'c', time: 4 },
    ]);
    expect(wordEmissions([])).toEqual([]);
  });
});

describe('emissionDelays', () => {
  const reference = [
    { text: ' And', end: 1 },
    { text: ' so,', end: 1.5 },
    { text: ' my', end: 2 },
  ];

  it('measures from the end of each word', () => {
    const emissions = wordEmissions([
      { time: 1.75, text: 'and' },
      { time: 3, text: 'and so my' },
    ]);
    expect(emissionDelays(reference, emissions, { normalize: plain })).toEqual([
      { index: 0, delay: 0.75 },
      { index: 1, delay: 1.5 },
      { index: 2, delay: 1 },
    ]);
  });

  it('leaves out words that were missed, misheard or made up', () => {
    const emissions = wordEmissions([{ time: 3, text: 'well and no my my' }]);
    expect(emissionDelays(reference, emissions, { normalize: plain })).toEqual([
      { index: 0, delay: 2 },
      { index: 2, delay: 1 },
    ]);
    expect(emissionDelays(reference, [])).toEqual([]);
  });
});
