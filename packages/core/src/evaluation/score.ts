import { measureCharacters, measureWords } from '../metrics/error-rates.js';
import type { EditCounts } from '../metrics/error-rates.js';
import { bootstrapDifference, bootstrapRate } from './bootstrap.js';
import type { BootstrapOptions, ErrorSample, Interval, RateDifference } from './bootstrap.js';
import { normalizeForScoring } from './text-normalizer.js';
import type { TextNormalizerName } from './text-normalizer.js';

/** What was said and what was recognised. */
export interface ScoredPair {
  /** What was said. */
  readonly reference: string;
  /** What was recognised. */
  readonly hypothesis: string;
  /** ISO 639-1 code, for the `whisper` normaliser. */
  readonly language?: string;
}

/** One step of an alignment of words. */
export interface WordEdit {
  /** What happened to the word. */
  readonly type: 'equal' | 'substitute' | 'delete' | 'insert';
  /** What was said; absent for an insertion. */
  readonly reference?: string;
  /** What was recognised; absent for a deletion. */
  readonly hypothesis?: string;
}

/** The errors of one utterance, after normalisation. */
export interface UtteranceScore {
  /** Errors by words. */
  readonly words: EditCounts;
  /** Errors by code points. */
  readonly characters: EditCounts;
  /** A minimal alignment of the words; see `alignSequences`. */
  readonly edits: readonly WordEdit[];
}

/** Errors of several utterances: counts are added up before a rate is taken. */
export interface PooledScore {
  /** Number of utterances. */
  readonly utterances: number;
  /** Errors by words. */
  readonly words: EditCounts;
  /** Errors by code points. */
  readonly characters: EditCounts;
  /** WER = (S + D + I) / reference words. */
  readonly wordErrorRate: number;
  /** Where the word error rate lies with the confidence asked for. */
  readonly wordErrorRateInterval: Interval;
  /** CER = (S + D + I) / reference characters. */
  readonly characterErrorRate: number;
}

/**
 * Scores one utterance by words and by characters, after a normaliser.
 * @throws RangeError for an unknown normaliser.
 */
export function scoreUtterance(pair: ScoredPair, normalizer: TextNormalizerName): UtteranceScore {
  const normalize = (text: string): string => normalizeForScoring(text, normalizer, pair.language);
  const reference = normalize(pair.reference);
  const hypothesis = normalize(pair.hypothesis);
  const words = measureWords(reference, hypothesis);
  return {
    words: countsOf(words),
    characters: countsOf(measureCharacters(reference, hypothesis)),
    edits: editsOf(words.references[0]!, words.hypotheses[0]!, words.alignments[0]!),
  };
}

/**
 * Pools scores, with a confidence interval of the word error rate by `bootstrapRate`.
 * @throws RangeError for no scores, or options out of range.
 */
export function poolScores(scores: readonly UtteranceScore[], options: BootstrapOptions = {}): PooledScore {
  const words = addCounts(scores.map((score) => score.words));
  const characters = addCounts(scores.map((score) => score.characters));
  return {
    utterances: scores.length,
    words,
    characters,
    wordErrorRate: rateOf(toSample(words)),
    wordErrorRateInterval: bootstrapRate(scores.map(toWordSample), options),
    characterErrorRate: rateOf(toSample(characters)),
  };
}

/**
 * How much the word error rate of `scores` exceeds that of `baseline`, both of the same utterances in the same order,
 * by `bootstrapDifference`.
 * @throws RangeError for no scores, lists of different length, or options out of range.
 */
export function compareScores(
  scores: readonly UtteranceScore[],
  baseline: readonly UtteranceScore[],
  options: BootstrapOptions = {},
): RateDifference {
  return bootstrapDifference(scores.map(toWordSample), baseline.map(toWordSample), options);
}

function toWordSample(score: UtteranceScore): ErrorSample {
  return toSample(score.words);
}

function toSample({ hits, substitutions, deletions, insertions }: EditCounts): ErrorSample {
  return { errors: substitutions + deletions + insertions, length: hits + substitutions + deletions };
}

/** As `wordErrorRate` has it for an empty reference: the number of insertions. */
function rateOf({ errors, length }: ErrorSample): number {
  return length === 0 ? errors : errors / length;
}

function countsOf({ hits, substitutions, deletions, insertions }: EditCounts): EditCounts {
  return { hits, substitutions, deletions, insertions };
}

function addCounts(all: readonly EditCounts[]): EditCounts {
  const sum = { hits: 0, substitutions: 0, deletions: 0, insertions: 0 };
  for (const counts of all) {
    sum.hits += counts.hits;
    sum.substitutions += counts.substitutions;
    sum.deletions += counts.deletions;
    sum.insertions += counts.insertions;
  }
  return sum;
}

function editsOf(
  reference: readonly string[],
  hypothesis: readonly string[],
  alignment: ReturnType<typeof measureWords>['alignments'][number],
): WordEdit[] {
  return alignment.flatMap(({ type, referenceStart, referenceEnd, hypothesisStart, hypothesisEnd }) => {
    const length = Math.max(referenceEnd - referenceStart, hypothesisEnd - hypothesisStart);
    return Array.from({ length }, (_, i) => ({
      type,
      ...(type !== 'insert' && { reference: reference[referenceStart + i]! }),
      ...(type !== 'delete' && { hypothesis: hypothesis[hypothesisStart + i]! }),
    }));
  });
}
