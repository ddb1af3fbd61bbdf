import { repositoryFile } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeCtcGreedy } from './greedy.js';
import type { CtcToken } from './hypothesis.js';
import { joinWords, timeWords } from './join-words.js';
import { LanguageModelScorer } from './language-model-scorer.js';
import { toLogProbs, type LogProbMatrix } from './log-probs.js';
import { mergeTexts } from './merge-texts.js';
import { PrefixBeamDecoder } from './prefix-beam.js';
import { timeCharacters, timeCtcWords } from './token-times.js';
import { createCtcVocabulary, groupWords, type CtcVocabulary } from './vocabulary.js';
import type { NgramModel } from '../../lm/ngram-model.js';
import { loadNgramModel } from '../../lm/load-ngram-model.js';

/** Tokens of one frame each, a blank between them. */
function tokens(labels: readonly string[], spelled: readonly string[]): CtcToken[] {
  return spelled.map((label, i) => {
    const id = labels.indexOf(label);
    if (id < 0) throw new Error(`no label ${label}`);
    return { id, start: 2 * i, end: 2 * i + 1, logProb: -0.1, peakLogProb: -0.1 };
  });
}

/** A matrix whose likeliest path is the labels with blanks between them. */
function matrix(labels: readonly string[], spelled: readonly string[], blank: number): LogProbMatrix {
  const data = new Float64Array(2 * spelled.length * labels.length);
  spelled.forEach((label, i) => {
    data[2 * i * labels.length + labels.indexOf(label)] = 6;
    data[(2 * i + 1) * labels.length + blank] = 6;
  });
  return toLogProbs(data, labels.length, 'logits');
}

const text = (labels: readonly string[], spelled: readonly string[]): string => {
  const vocabulary = createCtcVocabulary(labels);
  return joinWords(timeWords(groupWords(tokens(labels, spelled), vocabulary), vocabulary));
};

const beamText = (matrix_: LogProbMatrix, vocabulary: CtcVocabulary, languageModel?: NgramModel): string => {
  const scorer = new LanguageModelScorer(vocabulary, languageModel ? { languageModel } : {});
  const decoder = new PrefixBeamDecoder({ blank: vocabulary.blank, vocabulary, beamWidth: 20 }, scorer);
  decoder.push(matrix_);
  return mergeTexts(decoder.finish(5), vocabulary)[0]!.text;
};

const BYTES = [
  '<blk>',
  '<unk>',
  '▁',
  '▁caf',
  'e',
  '▁au',
  'é',
  '<0xC3>',
  '<0xA9>',
  '<0xE4>',
  '<0xBD>',
  '<0xA0>',
  '<0x20>',
];

describe('byte labels (SentencePiece byte_fallback)', () => {
  const spelled = ['▁caf', '<0xC3>', '<0xA9>', '▁', '<0xE4>', '<0xBD>', '<0xA0>'];

  it('make characters of words, greedily and by beam', () => {
    const vocabulary = createCtcVocabulary(BYTES);
    expect(text(BYTES, spelled)).toBe('café 你');
    const frames = matrix(BYTES, spelled, 0);
    expect(mergeTexts([decodeCtcGreedy(frames, vocabulary)], vocabulary)[0]!.text).toBe('café 你');
    expect(beamText(frames, vocabulary)).toBe('café 你');
  });

  it('share the time of their character', () => {
    const vocabulary = createCtcVocabulary(BYTES);
    const timing = { secondsPerFrame: 1 };
    expect(timeCharacters(tokens(BYTES, spelled), vocabulary, timing)).toEqual([
      { text: ' caf', start: 0, end: 1 },
      { text: 'é', start: 2, end: 5 },
      { text: ' ', start: 6, end: 7 },
      { text: '你', start: 8, end: 13 },
    ]);
    expect(timeCtcWords(tokens(BYTES, spelled), vocabulary, timing)).toEqual([
      { text: 'café', start: 0, end: 5 },
      { text: '你', start: 8, end: 13 },
    ]);
  });

  it('that make no character are shown as U+FFFD', () => {
    expect(text(BYTES, ['▁caf', '<0xC3>', '▁au'])).toBe('caf\ufffd au');
    expect(text(BYTES, ['<0xA9>', 'e'])).toBe('\ufffde');
  });

  it('may be a space', () => {
    expect(text(BYTES, ['▁caf', '<0x20>', 'e'])).toBe('caf e');
  });

  it('spell the same text as the piece of the character: one hypothesis', () => {
    const vocabulary = createCtcVocabulary(BYTES);
    const data = new Float64Array(5 * BYTES.length).fill(-9);
    const put = (frame: number, label: string, value: number): void => {
      data[frame * BYTES.length + BYTES.indexOf(label)] = value;
    };
    put(0, '▁caf', 3);
    put(1, '<0xC3>', 1);
    put(1, 'é', 1);
    put(2, '<0xA9>', 1);
    put(2, '<blk>', 1);
    put(3, '<blk>', 3);
    put(4, '<blk>', 3);
    const decoder = new PrefixBeamDecoder({ blank: 0, vocabulary }, new LanguageModelScorer(vocabulary, {}));
    decoder.push(toLogProbs(data, BYTES.length, 'logits'));
    const found = decoder.finish(10);
    const [best] = mergeTexts(found, vocabulary);
    expect(best!.text).toBe('café');
    // Half of the probability each; together nearly a half of the four paths.
    expect(best!.logProb).toBeCloseTo(Math.log(0.5), 1);
    expect(found.filter((one) => mergeTexts([one], vocabulary)[0]!.text === 'café')).toHaveLength(1);
  });

  it('are looked up in language models as characters', async () => {
    // The model knows café and naïve.
    const file = repositoryFile('tests/golden/vectors/kenlm/small4.arpa');
    const languageModel = await loadNgramModel(new Uint8Array(readFileSync(file)));
    const vocabulary = createCtcVocabulary(BYTES);
    const walk = (labels: readonly string[]): { pending: number; final: number } => {
      const scorer = new LanguageModelScorer(vocabulary, { languageModel });
      let state = scorer.start();
      for (const label of labels) state = scorer.extend(state, BYTES.indexOf(label));
      return { pending: scorer.score(state), final: scorer.finalScore(state) };
    };
    const inBytes = walk(['▁caf', '<0xC3>', '<0xA9>']);
    expect(inBytes).toEqual(walk(['▁caf', 'é']));
    expect(inBytes.pending).toBe(0);
    expect(inBytes.final).toBeGreaterThan(walk(['▁caf', 'e']).final + 10);
    // A begun character is no reason to give a word up; a wrong one is.
    expect(walk(['▁caf', '<0xC3>']).pending).toBe(0);
    expect(walk(['▁caf', '<0xE4>', '<0xBD>', '<0xA0>']).pending).toBeLessThan(-5);
    expect(walk(['▁caf', '<0xC3>', 'e']).pending).toBeLessThan(-5);
    expect(walk(['▁caf', '<0xC3>']).final).toBeLessThan(inBytes.final - 10);
  });
});

describe('byte-level BPE', () => {
  it("is recognised by GPT-2's stand-ins", () => {
    const labels = ['<pad>', 'Ġthe', 'Ġcaf', 'Ã', '©', 'Ã©', '|', 'Ġ', 'ĠÃ'];
    const vocabulary = createCtcVocabulary(labels);
    expect(vocabulary.pieces).toEqual(['', ' the', ' caf', '\udcc3', '\udca9', 'é', '|', ' ', ' \udcc3']);
    expect(vocabulary.wordDelimiter).toBe(7);
    expect(text(labels, ['Ġthe', 'Ġcaf', 'Ã', '©', 'ĠÃ', '©', '|'])).toBe('the café é|');
  });

  it('is not seen in the letters of Maltese', () => {
    const labels = ['<pad>', '|', 'ġ', 'Ġ', 'ħ', 'a'];
    expect(createCtcVocabulary(labels).pieces).toEqual(['', ' ', 'ġ', 'Ġ', 'ħ', 'a']);
    expect(createCtcVocabulary(['<pad>', '|', 'Ġa'], { byteLevel: 'none' }).pieces[2]).toBe('Ġa');
  });

  it("is recognised by icefall's; ▁ in front of Chinese characters is no space", () => {
    // 你 is E4 BD A0, 好 is E5 A5 BD.
    const labels = ['<blk>', '▁ƋţŅ', '▁ƌ', 'ŋţ', '▁I', '▁hello'];
    const vocabulary = createCtcVocabulary(labels);
    expect(vocabulary.pieces).toEqual(['', ' 你', ' \udce5', '\udca5\udcbd', ' I', ' hello']);
    expect(text(labels, ['▁ƋţŅ', '▁ƌ', 'ŋţ'])).toBe('你好');
    expect(text(labels, ['▁I', '▁hello', '▁ƋţŅ', '▁ƌ', 'ŋţ'])).toBe('I hello 你好');
    expect(beamText(matrix(labels, ['▁ƋţŅ', '▁ƌ', 'ŋţ'], 0), vocabulary)).toBe('你好');
    const { length } = timeWords(groupWords(tokens(labels, ['▁ƋţŅ', '▁ƌ', 'ŋţ']), vocabulary), vocabulary);
    expect(length).toBe(2);
  });
});

describe('against pyctcdecode', () => {
  const { alphabet_normalisation: alphabets } = JSON.parse(
    readFileSync(repositoryFile('tests/golden/vectors/ctc/pyctcdecode.json'), 'utf8'),
  ) as { alphabet_normalisation: { labels: string[]; normalised?: string[] }[] };

  it.each(alphabets.filter(({ normalised }) => normalised))('$labels', ({ labels, normalised }) => {
    const blank = normalised!.indexOf('');
    // It adds a blank where there is none.
    const all = normalised!.length > labels.length ? [...labels, ''] : labels;
    const { pieces } = createCtcVocabulary(all, { blank });
    expect(pieces.map((piece) => piece.replaceAll(' ', '▁'))).toEqual(
      normalised!.map((label) => label.replaceAll(' ', '▁')),
    );
  });
});
