import { describe, expect, it } from 'vitest';
import { rivalsOfWords, type ReadToken } from './rivals.js';

const TEXTS = [' ask', ' asked', ' not', 'ed', ',', ' Ask', ' America', 'ns', ' '];
const END = 50;
const tokenizer = {
  decode: (ids: readonly number[]): string => ids.map((id) => TEXTS[id]).join(''),
  isText: (id: number): boolean => id < END,
};
const read = (
  id: number,
  probability: number,
  others: readonly (readonly [number, number])[],
): ReadToken => ({
  id,
  logProb: Math.log(probability),
  others: others.map(([token, other]) => ({ token, logProb: Math.log(other) })),
});
const words = [
  { text: ' ask', tokens: [0] },
  { text: ' not', tokens: [2] },
];

describe('rivalsOfWords', () => {
  it('compares a word with the likeliest other one in its place', () => {
    const tokens = [read(0, 0.5, [[1, 0.4]]), read(2, 0.8, [])];
    expect(rivalsOfWords(words, tokens, tokenizer)!.map((rival) => rival.toFixed(2))).toEqual([
      '0.80',
      '0.00',
    ]);
  });

  it('takes marks, capitals, spaces and the end for no other word', () => {
    const tokens = [
      read(0, 0.3, [
        [4, 0.2],
        [5, 0.2],
        [8, 0.1],
        [END, 0.1],
      ]),
      read(2, 0.8, []),
    ];
    expect(rivalsOfWords(words, tokens, tokenizer)).toEqual([0, 0]);
  });

  it('knows another end of a word, whether it would go on or would have ended', () => {
    const goesOn = [read(0, 0.9, []), read(2, 0.5, [[3, 0.25]])];
    expect(rivalsOfWords(words, goesOn, tokenizer)![0]).toBeCloseTo(0.5);
    const plural = [{ text: ' Americans', tokens: [6, 7] }];
    expect(rivalsOfWords(plural, [read(6, 0.9, []), read(7, 0.5, [[2, 0.4]])], tokenizer)![0]).toBeCloseTo(
      0.8,
    );
    expect(rivalsOfWords(plural, [read(6, 0.9, []), read(7, 0.5, [[4, 0.4]])], tokenizer)![0]).toBeCloseTo(
      0.8,
    );
  });

  it('takes the word behind a mark for no other word in its place', () => {
    const marked = [
      { text: ',', tokens: [4] },
      { text: ' not', tokens: [2] },
    ];
    expect(rivalsOfWords(marked, [read(4, 0.5, [[2, 0.4]]), read(2, 0.9, [])], tokenizer)).toEqual([0, 0]);
    expect(rivalsOfWords(marked, [read(4, 0.5, [[0, 0.4]]), read(2, 0.9, [])], tokenizer)![0]).toBeCloseTo(
      0.8,
    );
  });

  it('says nothing where nothing was noted', () => {
    const tokens = [0, 2].map((id) => ({ id, logProb: -1, others: undefined }));
    expect(rivalsOfWords(words, tokens, tokenizer)).toBeUndefined();
  });
});
