import { repositoryFile } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadNgramModel } from '../../lm/load-ngram-model.js';
import type { NgramModel } from '../../lm/ngram-model.js';
import { LanguageModelScorer, type LanguageModelScorerOptions } from './language-model-scorer.js';
import { createCtcVocabulary } from './vocabulary.js';

const vocabulary = createCtcVocabulary(['', ' ', ...'abcdefghijklmnopqrstuvwxyz']);

let small: NgramModel;
let hand: NgramModel;
beforeAll(async () => {
  const load = (name: string): Promise<NgramModel> =>
    loadNgramModel(new Uint8Array(readFileSync(repositoryFile(`tests/golden/vectors/kenlm/${name}`))));
  small = await load('small4.trie.bin');
  hand = await load('hand3.arpa');
});

function walk(options: LanguageModelScorerOptions, text: string) {
  const scorer = new LanguageModelScorer(vocabulary, options);
  let state = scorer.start();
  for (const letter of text) state = scorer.extend(state, vocabulary.pieces.indexOf(letter));
  return { score: scorer.score(state), final: scorer.finalScore(state) };
}

/** α · ln P + β of every word, computed with the model alone. */
function formula(model: NgramModel, words: readonly string[], alpha: number, beta: number): number {
  let state = model.createState();
  let next = model.createState();
  model.beginSentence(state);
  let sum = 0;
  for (const word of [...words, '</s>']) {
    const id = model.wordId(word);
    const log10 = model.score(state, id, next) + (id === 0 ? -10 : 0);
    sum += alpha * Math.LN10 * log10 + (word === '</s>' ? 0 : beta);
    [state, next] = [next, state];
  }
  return sum;
}

describe('LanguageModelScorer', () => {
  it('adds up words, known and unknown, and the end of the sentence', () => {
    for (const text of ['the cat sat', 'the zzz sat', 'cat', '']) {
      const words = text.split(' ').filter((word) => word !== '');
      const { final } = walk({ languageModel: small, alpha: 0.7, beta: 2 }, text);
      expect(final).toBeCloseTo(formula(small, words, 0.7, 2), 6);
      // A space at the end changes nothing: there is no empty word.
      expect(walk({ languageModel: small, alpha: 0.7, beta: 2 }, `${text} `).final).toBe(final);
    }
  });

  it('several models are averaged, words unknown to one of them too', () => {
    const words = ['the', 'a', 'cat', 'c'];
    const both = walk({ languageModel: [small, hand], alpha: 0.7, beta: 2 }, words.join(' ')).final;
    const mean = (formula(small, words, 0.7, 2) + formula(hand, words, 0.7, 2)) / 2;
    expect(both).toBeCloseTo(mean, 5);
  });

  it('a beginning that no word has is penalised, by its length where it is long', () => {
    const score = (text: string): number => walk({ languageModel: small }, text).score;
    expect(score('th')).toBe(0);
    expect(score('xq')).toBe(-10);
    expect(score('xqxqxqxqx')).toBe(-15);
  });

  it('a unigram list decides what is known', () => {
    const options = { languageModel: small, alpha: 1, beta: 0 };
    const known = walk({ ...options, unigrams: ['the'] }, 'the').final;
    expect(walk({ ...options, unigrams: ['cat'] }, 'the').final).toBeCloseTo(known - 10 * Math.LN10, 6);
    expect(walk({ ...options, unigrams: ['cat'] }, 'th').score).toBe(-10);
  });

  it('goes on from preceding text', () => {
    const options = { languageModel: small, alpha: 1, beta: 0 };
    const whole = walk(options, 'the cat sat').final;
    const first = walk(options, 'the cat ').score;
    expect(walk({ ...options, precedingText: ' the  cat' }, 'sat').final).toBeCloseTo(whole - first, 9);
  });

  describe('hotwords', () => {
    const hotwords = [
      { text: 'red house', weight: 8 },
      { text: 'zoe', weight: 6 },
    ];
    it.each([
      ['z', 2, 0],
      ['zo', 4, 0],
      ['zoe', 6, 6],
      ['zoe ', 6, 6],
      ['zoes', 0, 0],
      ['zoe zoe', 12, 12],
      ['red', 4, 0],
      ['red ', 4, 0],
      ['red ho', 4 + (4 * 2) / 5, 0],
      ['red house', 8, 8],
      ['red house red', 12, 8],
      ['red horse', 0, 0],
      ['red red house', 8, 8],
      ['a red zoe house', 6, 6],
    ])('"%s" is worth %d for now and %d in the end', (text, now, end) => {
      const { score, final } = walk({ hotwords }, text);
      expect(score).toBeCloseTo(now, 9);
      expect(final).toBeCloseTo(end, 9);
    });

    it('count once when given twice, with both weights', () => {
      const twice = [hotwords[1]!, { text: ' zoe ', weight: 1 }];
      expect(walk({ hotwords: twice }, 'zoe').final).toBe(7);
    });
  });

  it('refuses weights that are no numbers', () => {
    expect(() => walk({ alpha: Number.NaN }, '')).toThrow(/alpha/);
    expect(() => walk({ hotwords: [{ text: ' ', weight: 1 }] }, '')).toThrow(/empty/);
    expect(() => walk({ hotwords: [{ text: 'a', weight: Infinity }] }, '')).toThrow(/weight Infinity/);
  });
});
