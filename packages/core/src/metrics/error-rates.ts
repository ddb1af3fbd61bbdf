import { collapseWhitespaceRuns, trimWhitespace } from '../text/whitespace.js';
import { alignSequences } from './alignment.js';
import type { AlignmentChunk } from './alignment.js';

/** One sentence or several; several are pooled: counts are added up before a rate is taken. */
export type Sentences = string | readonly string[];

/** Options of the error rates. */
export interface ErrorRateOptions {
  /** Applied to every sentence of both sides first, e.g. `normalizeEnglish`. Default: nothing. */
  readonly normalize?: (text: string) => string;
}

/** Operations of minimal alignments, added up over all sentences. */
export interface EditCounts {
  /** Items that are the same on both sides. */
  readonly hits: number;
  /** Items of the reference that were taken for others. */
  readonly substitutions: number;
  /** Items of the reference that are missing. */
  readonly deletions: number;
  /** Items that the reference doesn't have. */
  readonly insertions: number;
}

interface Alignments extends EditCounts {
  /** Units (words or characters) of each reference sentence. */
  readonly references: readonly (readonly string[])[];
  /** Units of each hypothesis sentence. */
  readonly hypotheses: readonly (readonly string[])[];
  /** Per sentence. */
  readonly alignments: readonly (readonly AlignmentChunk[])[];
}

/** What `measureWords` finds. H, S, D, I are hits, substitutions, deletions, insertions. */
export interface WordMeasures extends Alignments {
  /** WER = (S + D + I) / (H + S + D). For an empty reference: the number of insertions. */
  readonly wordErrorRate: number;
  /** MER = (S + D + I) / (H + S + D + I). */
  readonly matchErrorRate: number;
  /** WIL = 1 − WIP. */
  readonly wordInformationLost: number;
  /** WIP = (H / reference words) · (H / hypothesis words). 1 when both are empty. */
  readonly wordInformationPreserved: number;
}

/** What `measureCharacters` finds. */
export interface CharacterMeasures extends Alignments {
  /** CER = (S + D + I) / (H + S + D). For an empty reference: the number of insertions. */
  readonly characterErrorRate: number;
}

/**
 * Word error rate and its relatives, with alignments. Equal to jiwer 4 with its default transforms: runs of
 * white space become one space, ends are trimmed, words are what lies between spaces. Case and punctuation
 * count; pass a normaliser to ignore them.
 *
 * MER, WIL and WIP: Morris, Maier, Green 2004, "From WER and RIL to MER and WIL".
 *
 * @throws RangeError when the two sides hold different numbers of sentences.
 */
export function measureWords(
  reference: Sentences,
  hypothesis: Sentences,
  options: ErrorRateOptions = {},
): WordMeasures {
  const found = measure(reference, hypothesis, options, splitWords);
  const { hits, insertions } = found;
  const referenceWords = hits + found.substitutions + found.deletions;
  const hypothesisWords = hits + found.substitutions + insertions;
  const errors = found.substitutions + found.deletions + insertions;
  const preserved =
    referenceWords === 0 && hypothesisWords === 0
      ? 1
      : referenceWords === 0 || hypothesisWords === 0
        ? 0
        : (hits / referenceWords) * (hits / hypothesisWords);
  return {
    wordErrorRate: errorRate(found),
    matchErrorRate: errors === 0 ? 0 : errors / (referenceWords + insertions),
    wordInformationLost: 1 - preserved,
    wordInformationPreserved: preserved,
    ...found,
  };
}

/**
 * Character error rate with alignments, by Unicode code points, spaces included. Equal to jiwer 4 with its
 * default transform, which only trims the ends.
 *
 * @throws RangeError when the two sides hold different numbers of sentences.
 */
export function measureCharacters(
  reference: Sentences,
  hypothesis: Sentences,
  options: ErrorRateOptions = {},
): CharacterMeasures {
  const found = measure(reference, hypothesis, options, splitCharacters);
  return { characterErrorRate: errorRate(found), ...found };
}

/** The word error rate alone; see {@link measureWords}. 0 is perfect; it can exceed 1. */
export function wordErrorRate(
  reference: Sentences,
  hypothesis: Sentences,
  options: ErrorRateOptions = {},
): number {
  return measureWords(reference, hypothesis, options).wordErrorRate;
}

/** The character error rate alone; see {@link measureCharacters}. 0 is perfect; it can exceed 1. */
export function characterErrorRate(
  reference: Sentences,
  hypothesis: Sentences,
  options: ErrorRateOptions = {},
): number {
  return measureCharacters(reference, hypothesis, options).characterErrorRate;
}

function splitWords(sentence: string): string[] {
  return trimWhitespace(collapseWhitespaceRuns(sentence))
    .split(' ')
    .filter((word) => word !== '');
}

function splitCharacters(sentence: string): string[] {
  return [...trimWhitespace(sentence)];
}

function errorRate(counts: EditCounts): number {
  const errors = counts.substitutions + counts.deletions + counts.insertions;
  const length = counts.hits + counts.substitutions + counts.deletions;
  return length === 0 ? errors : errors / length;
}

function measure(
  reference: Sentences,
  hypothesis: Sentences,
  { normalize = (text) => text }: ErrorRateOptions,
  split: (sentence: string) => string[],
): Alignments {
  const toUnits = (sentences: Sentences): string[][] =>
    (typeof sentences === 'string' ? [sentences] : sentences).map((text) => split(normalize(text)));
  const references = toUnits(reference);
  const hypotheses = toUnits(hypothesis);
  if (references.length !== hypotheses.length) {
    throw new RangeError(
      `reference and hypothesis must hold the same number of sentences, got ${references.length} and ` +
        `${hypotheses.length}; join the sentences of each side to compare texts that are split differently`,
    );
  }
  const alignments = references.map((units, i) => alignSequences(units, hypotheses[i]!));
  const counts = { equal: 0, substitute: 0, delete: 0, insert: 0 };
  for (const chunk of alignments.flat()) {
    counts[chunk.type] += Math.max(
      chunk.referenceEnd - chunk.referenceStart,
      chunk.hypothesisEnd - chunk.hypothesisStart,
    );
  }
  return {
    hits: counts.equal,
    substitutions: counts.substitute,
    deletions: counts.delete,
    insertions: counts.insert,
    references,
    hypotheses,
    alignments,
  };
}
