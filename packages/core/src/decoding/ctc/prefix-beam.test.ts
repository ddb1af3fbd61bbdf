import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LanguageModelScorer } from './language-model-scorer.js';
import { logAdd, toLogProbs, type LogProbMatrix } from './log-probs.js';
import { mergeTexts } from './merge-texts.js';
import { decodeCtcBeam, PrefixBeamDecoder } from './prefix-beam.js';
import { NO_SCORER } from './prefix-scorer.js';
import { createCtcVocabulary, type CtcVocabulary } from './vocabulary.js';

const vocabularies = [
  createCtcVocabulary(['<pad>', '|', 'a', 'b']),
  createCtcVocabulary(['<pad>', '▁a', 'b', '▁ab', 'bb']),
  createCtcVocabulary(['<pad>', '▁', '▁a', 'a']),
];
const unlimited = { beamWidth: Infinity, minTokenLogProb: -Infinity, maxScoreGap: Infinity };

function textOf(path: readonly number[], { pieces, blank }: CtcVocabulary): string {
  const labels = path.filter((id, i) => id !== path[i - 1] && id !== blank);
  return labels
    .map((id) => pieces[id])
    .join('')
    .trim()
    .replaceAll(/ +/g, ' ');
}

/** Probability of every text, by going through all paths. */
function bruteForce({ data, frames, vocabularySize: size }: LogProbMatrix, vocabulary: CtcVocabulary) {
  const texts = new Map<string, number>();
  for (let number = 0; number < size ** frames; number++) {
    const path = Array.from({ length: frames }, (_, frame) => Math.floor(number / size ** frame) % size);
    const logProb = path.reduce((sum, id, frame) => sum + data[frame * size + id]!, 0);
    const text = textOf(path, vocabulary);
    texts.set(text, logAdd(texts.get(text) ?? -Infinity, logProb));
  }
  return texts;
}

const matrices = fc
  .record({ vocabulary: fc.constantFrom(...vocabularies), frames: fc.integer({ min: 0, max: 5 }) })
  .chain(({ vocabulary, frames }) => {
    const size = vocabulary.pieces.length;
    return fc
      .array(fc.double({ min: -4, max: 4, noNaN: true }), {
        minLength: frames * size,
        maxLength: frames * size,
      })
      .map((logits) => ({ vocabulary, matrix: toLogProbs(Float64Array.from(logits), size, 'logits') }));
  });

describe('pruneHistory', () => {
  it.each(['prefix', 'ending'] as const)(
    'by %s: the beam holds no two texts with the same history',
    (pruneBy) => {
      fc.assert(
        fc.property(matrices, ({ vocabulary, matrix }) => {
          const scorer = new LanguageModelScorer(vocabulary, {});
          const options = { blank: vocabulary.blank, vocabulary, ...unlimited, pruneBy };
          const decode = (pruneHistory: boolean) => {
            const decoder = new PrefixBeamDecoder({ ...options, pruneHistory }, scorer);
            decoder.push(matrix);
            return mergeTexts(decoder.finish(Infinity), vocabulary);
          };
          const all = decode(false);
          const pruned = decode(true);
          expect(pruned.length).toBeLessThanOrEqual(all.length);
          // Without a language model, only the last finished word and the letters since then matter.
          const endings = pruned.map(({ text }) => text.split(' ').slice(-2).join(' '));
          if (pruneBy === 'prefix') expect(new Set(endings).size).toBe(endings.length);
          for (const { text, logProb } of pruned) {
            const same = all.find((other) => other.text === text);
            expect(logProb).toBeLessThanOrEqual(same!.logProb + 1e-9);
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('texts in the beam', () => {
  it.each(['prefix', 'ending'] as const)(
    'by %s: an unlimited beam sums all paths of every text',
    (pruneBy) => {
      fc.assert(
        fc.property(matrices, ({ vocabulary, matrix }) => {
          const expected = bruteForce(matrix, vocabulary);
          const options = { blank: vocabulary.blank, vocabulary, ...unlimited, pruneBy, count: Infinity };
          const found = decodeCtcBeam(matrix, options);
          const texts = mergeTexts(found, vocabulary);
          // No two hypotheses read the same.
          expect(texts).toHaveLength(found.length);
          expect(texts).toHaveLength(expected.size);
          for (const { text, logProb } of texts) expect(logProb).toBeCloseTo(expected.get(text)!, 8);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('many frames: chunks equal the whole, while prefixes and tokens are collected', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...vocabularies),
        fc.nat(1e6),
        fc.array(fc.nat(400)),
        (vocabulary, seed, cuts) => {
          const frames = 400;
          const size = vocabulary.pieces.length;
          let state = seed + 1;
          const data = Float64Array.from({ length: frames * size }, () => {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
            return (state / 2 ** 32) * 4;
          });
          const whole = toLogProbs(data, size, 'logits');
          const options = { blank: vocabulary.blank, vocabulary, beamWidth: 20 };
          const decoder = new PrefixBeamDecoder(options, NO_SCORER);
          const edges = [0, ...cuts.sort((a, b) => a - b), frames];
          edges.slice(1).forEach((end, i) => {
            const start = edges[i]!;
            decoder.push({
              data: data.slice(start * size, end * size),
              frames: end - start,
              vocabularySize: size,
            });
            expect(decoder.partial(3).length).toBeGreaterThan(0);
          });
          const found = decoder.finish(20);
          expect(found).toEqual(decodeCtcBeam(whole, { ...options, count: 20 }));
          // Frames of tokens are in order and inside.
          for (const { tokens } of found) {
            let last = 0;
            for (const { start, end } of tokens) {
              expect(start).toBeGreaterThanOrEqual(last);
              expect(end).toBeGreaterThan(start);
              last = end;
            }
            expect(last).toBeLessThanOrEqual(frames);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('log-probabilities that are no numbers are refused', () => {
    const matrix = { data: new Float64Array(6).fill(Number.NaN), frames: 2, vocabularySize: 3 };
    expect(() => decodeCtcBeam(matrix, { blank: 0 })).toThrow(/frame 0 .* NaN/);
  });

  it.each([
    [{ beamWidth: 0 }, /beamWidth/],
    [{ maxTokens: 0 }, /maxTokens/],
    [{ maxScoreGap: -1 }, /maxScoreGap/],
    [{ pruneBy: 'frame' as 'prefix' }, /pruneBy/],
  ])('%o is out of range', (options, message) => {
    expect(() => new PrefixBeamDecoder({ blank: 0, ...options }, NO_SCORER)).toThrow(message);
  });

  it('pruneHistory needs a scorer that tells what matters to it', () => {
    const decode = (): unknown =>
      decodeCtcBeam({ data: [], frames: 0 } as never, { blank: 0, pruneHistory: true });
    expect(decode).toThrow(TypeError);
    expect(decode).toThrow(/history/);
  });
});
