import {
  createCtcVocabulary,
  decodeCtcGreedy,
  frameConfidence,
  timeCharacters,
  timeCtcWords,
  tokenConfidences,
  toLogProbs,
  wordConfidences,
  type CtcToken,
} from '@org/asr-core';
import { repositoryFile } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from './signals.js';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(repositoryFile(`tests/golden/vectors/ctc/${name}.json`), 'utf8'));

type Offset = readonly [text: string, start: number, end: number];

describe('times of characters and words against the CTC tokenizer of transformers', () => {
  const { vocab, cases } = read('hf_offsets') as {
    readonly vocab: readonly string[];
    readonly cases: readonly {
      readonly frames: string;
      readonly ids: readonly number[];
      readonly char_offsets: readonly Offset[];
      readonly word_offsets: readonly Offset[];
    }[];
  };
  const vocabulary = createCtcVocabulary(vocab);

  it.each(cases)('"$frames"', ({ ids, char_offsets: characters, word_offsets: words }) => {
    const logits = new Float64Array(ids.length * vocab.length);
    ids.forEach((id, frame) => (logits[frame * vocab.length + id] = 12));
    const { tokens } = decodeCtcGreedy(toLogProbs(logits, vocab.length, 'logits'), vocabulary);
    const timing = { secondsPerFrame: 0.02, offset: 3 };
    const seconds = (offsets: readonly Offset[]) =>
      offsets.map(([text, start, end]) => ({
        // What has no text is shown by its label there and by a mark here.
        text: text.replace('<unk>', '⁇'),
        start: expect.closeTo(3 + start * 0.02, 9) as number,
        end: expect.closeTo(3 + end * 0.02, 9) as number,
      }));
    expect(timeCharacters(tokens, vocabulary, timing)).toEqual(seconds(characters));
    expect(timeCtcWords(tokens, vocabulary, timing)).toEqual(seconds(words));
  });
});

describe('confidences against the formulas of NeMo in numpy', () => {
  const methods = ['max-prob', 'tsallis', 'gibbs'] as const;
  const aggregations = ['min', 'mean', 'max', 'product'] as const;
  const { cases } = read('confidence') as {
    readonly cases: readonly {
      readonly seed: number;
      readonly T: number;
      readonly V: number;
      readonly scale: number;
      readonly frames: Readonly<Record<string, readonly number[]>>;
      readonly spans: readonly (readonly [number, number])[];
      readonly tokens: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
      readonly word: Readonly<Record<string, Readonly<Record<string, number>>>>;
    }[];
  };

  it.each(cases)('seed $seed', ({ seed, T, V, scale, frames, spans, tokens: expected, word }) => {
    const random = mulberry32(seed);
    const logits = Float64Array.from({ length: T * V }, () => (random() * 2 - 1) * scale);
    const matrix = toLogProbs(logits, V, 'logits');
    const tokens = spans.map(([start, end], id): CtcToken => ({
      id,
      start,
      end,
      logProb: 0,
      peakLogProb: 0,
    }));
    for (const method of methods) {
      frames[method]!.forEach((value, frame) =>
        expect(frameConfidence(matrix, frame, method)).toBeCloseTo(value, 9),
      );
      for (const aggregation of aggregations) {
        const found = tokenConfidences(tokens, matrix, { method, aggregation });
        found.forEach((value, i) => expect(value).toBeCloseTo(expected[method]![aggregation]![i]!, 9));
        const [whole] = wordConfidences([{ text: 'x', tokens }], matrix, { method, aggregation });
        expect(whole).toBeCloseTo(word[method]![aggregation]!, 9);
      }
    }
  });

  it('a token outside of the matrix is refused', () => {
    const matrix = toLogProbs(new Float64Array(6), 3, 'logits');
    const token = { id: 0, start: 1, end: 3, logProb: 0, peakLogProb: 0 };
    expect(() => tokenConfidences([token], matrix)).toThrow(/frames 1 to 3, the matrix has 2/);
  });
});
