import { describe, expect, it } from 'vitest';
import { createCtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { TextTargets } from './text-targets.js';

const show = (labels: readonly string[], text: string) => {
  const targets = new TextTargets(createCtcVocabulary(labels));
  const words = targets.split(text);
  return {
    words: words.map(({ units }) =>
      units.map((unit) => `${unit.text}:${unit.ids.map((id) => labels[id] ?? '*').join('+')}`),
    ),
    ids: targets.join(words).map((id) => labels[id] ?? '*'),
  };
};

describe('characters', () => {
  const labels = ['<pad>', '|', ...'ABCDEIN', "'"];

  it('brings letters to the case of the labels and puts the delimiter between words', () => {
    expect(show(labels, 'Bad  dice')).toEqual({
      words: [
        ['B:B', 'a:A', 'd:D'],
        ['d:D', 'i:I', 'c:C', 'e:E'],
      ],
      ids: ['B', 'A', 'D', '|', 'D', 'I', 'C', 'E'],
    });
  });

  it('leaves out punctuation without a label, words of it too, and keeps the labelled', () => {
    expect(show(labels, '"a" — b\'c.')).toEqual({
      words: [['a:A'], [], ['b:B', "':'", 'c:C']],
      ids: ['A', '|', 'B', "'", 'C'],
    });
  });

  it('makes one wildcard of a run of unknown characters', () => {
    expect(show(labels, 'a42b ß').words).toEqual([['a:A', '42:*', 'b:B'], ['ß:*']]);
  });

  it('composes letters', () => {
    expect(show(['<pad>', '|', 'é'], 'e\u0301').words).toEqual([['é:é']]);
  });
});

describe('word pieces', () => {
  const labels = ['<blk>', '▁', '▁TH', '▁THE', 'RE', 'E', '▁T', 'H', 'R'];

  it('spells words with the fewest pieces', () => {
    expect(show(labels, 'three the')).toEqual({
      words: [['th:▁TH', 're:RE', 'e:E'], ['the:▁THE']],
      ids: ['▁TH', 'RE', 'E', '▁THE'],
    });
  });

  it('puts wildcards where nothing fits', () => {
    expect(show(labels, 'Three7').ids).toEqual(['▁TH', 'RE', 'E', '*']);
  });

  it('spells in bytes what has no piece', () => {
    const bytes = ['<blk>', '▁', '▁A', 'B', 'É', '<0xC3>', '<0x89>', '<0x9F>', '<0x41>'];
    expect(show(bytes, 'aé éb aß')).toEqual({
      words: [
        ['a:▁A', 'é:É'],
        ['é:▁+É', 'b:B'],
        ['a:▁A', 'ß:<0xC3>+<0x9F>'],
      ],
      ids: ['▁A', 'É', '▁', 'É', 'B', '▁A', '<0xC3>', '<0x9F>'],
    });
    // é has no piece of its own; 你 has no bytes either.
    const few = ['<blk>', '▁', '▁A', '<0xC3>', '<0x89>'];
    expect(show(few, 'É a你').words).toEqual([['É:▁+<0xC3>+<0x89>'], ['a:▁A', '你:*']]);
    expect(show(['<blk>', '|', 'A', '<0xC3>', '<0x89>'], 'aÉ').words).toEqual([['a:A', 'É:<0xC3>+<0x89>']]);
  });
});
