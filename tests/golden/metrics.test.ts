import { readFileSync } from 'node:fs';
import { repositoryFile } from '@org/asr-testkit';
import { measureCharacters, measureWords, visualizeAlignment } from '@org/asr-core';
import type { AlignmentChunk, CharacterMeasures, WordMeasures } from '@org/asr-core';
import { describe, expect, it } from 'vitest';

type Chunk = [type: string, referenceStart: number, referenceEnd: number, start: number, end: number];
interface Counts {
  readonly hits: number;
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly alignment: readonly Chunk[][] | null;
}
interface Words extends Counts {
  readonly wer: number;
  readonly mer: number;
  readonly wil: number;
  readonly wip: number;
  readonly ref: string[][];
  readonly hyp: string[][];
}
interface Texts {
  readonly reference: string | string[];
  readonly hypothesis: string | string[];
}
interface Refused extends Texts {
  readonly words: { readonly error: string };
}
interface Case extends Texts {
  readonly words: Words;
  readonly chars: Counts & { readonly cer: number };
}
interface Vectors {
  readonly pairs: readonly (Case | Refused)[];
  readonly multi: readonly (Case | Refused)[];
  readonly visualize: readonly {
    readonly reference: string;
    readonly hypothesis: string;
    readonly text: string;
    readonly chars: string;
  }[];
}

const vectors = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/text/metrics.json'), 'utf8'),
) as Vectors;

const toChunks = (alignments: readonly (readonly AlignmentChunk[])[]): Chunk[][] =>
  alignments.map((chunks) =>
    chunks.map((chunk) => [
      chunk.type,
      chunk.referenceStart,
      chunk.referenceEnd,
      chunk.hypothesisStart,
      chunk.hypothesisEnd,
    ]),
  );

function expectCounts(actual: WordMeasures | CharacterMeasures, expected: Counts): void {
  expect({
    hits: actual.hits,
    substitutions: actual.substitutions,
    deletions: actual.deletions,
    insertions: actual.insertions,
  }).toEqual({
    hits: expected.hits,
    substitutions: expected.substitutions,
    deletions: expected.deletions,
    insertions: expected.insertions,
  });
  // The generator leaves the alignments of long texts out.
  const alignments = toChunks(actual.alignments);
  expect(alignments).toEqual(expected.alignment ?? alignments);
}

const isRefused = (example: Case | Refused): example is Refused => 'error' in example.words;
const all = [...vectors.pairs, ...vectors.multi];
const cases = all.filter((example): example is Case => !isRefused(example));
const refused = all.filter(isRefused);

describe('jiwer 4', () => {
  it.each(cases)('words: $reference | $hypothesis', ({ reference, hypothesis, words }) => {
    const actual = measureWords(reference, hypothesis);
    expectCounts(actual, words);
    expect(actual.references).toEqual(words.ref);
    expect(actual.hypotheses).toEqual(words.hyp);
    expect(actual.wordErrorRate).toBeCloseTo(words.wer, 10);
    expect(actual.matchErrorRate).toBeCloseTo(words.mer, 10);
    expect(actual.wordInformationLost).toBeCloseTo(words.wil, 10);
    expect(actual.wordInformationPreserved).toBeCloseTo(words.wip, 10);
  });

  it.each(cases)('characters: $reference | $hypothesis', ({ reference, hypothesis, chars }) => {
    const actual = measureCharacters(reference, hypothesis);
    expectCounts(actual, chars);
    expect(actual.characterErrorRate).toBeCloseTo(chars.cer, 10);
  });

  it.each(refused)('refuses $reference | $hypothesis', ({ reference, hypothesis }) => {
    expect(() => measureWords(reference, hypothesis)).toThrow(RangeError);
    expect(() => measureCharacters(reference, hypothesis)).toThrow(RangeError);
  });

  it.each(vectors.visualize)('visualisation: $reference | $hypothesis', (example) => {
    const { reference, hypothesis, text, chars } = example;
    expect(visualizeAlignment(measureWords(reference, hypothesis))).toBe(text);
    expect(visualizeAlignment(measureCharacters(reference, hypothesis))).toBe(chars);
  });
});
