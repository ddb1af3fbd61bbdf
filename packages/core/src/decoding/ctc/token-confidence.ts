import { aggregateConfidence, entropyConfidence, probabilityConfidence } from './confidence.js';
import type { CtcToken } from './hypothesis.js';
import type { LogProbMatrix } from './log-probs.js';
import type { CtcWord } from './vocabulary.js';

/** How sure words and labels are, computed from the model's output (NeMo `asr_confidence_utils.py`). */
export interface CtcConfidenceOptions {
  /**
   * Of a frame: `max-prob` is its highest probability, scaled so that a guess is 0; `tsallis` and `gibbs` are what its
   * entropy leaves (Tsallis α = 0.33 normalised exponentially, NeMo's default; Gibbs, 1 − H / ln V). Default `tsallis`.
   */
  readonly method?: 'max-prob' | 'tsallis' | 'gibbs';
  /** From the frames of a label to the label, and from labels to words. Default `min`. */
  readonly aggregation?: 'min' | 'mean' | 'max' | 'product';
}

/** 1 − H / ln V of a distribution: 1 for all of it on one label, 0 for a guess among all. */
export function gibbsConfidence(logProbs: Float32Array | Float64Array): number {
  let entropy = 0;
  for (const logProb of logProbs) if (logProb > -Infinity) entropy -= Math.exp(logProb) * logProb;
  return Math.min(1, Math.max(0, 1 - entropy / Math.log(logProbs.length)));
}

/** Confidence of one frame of the matrix, 0…1. */
export function frameConfidence(
  { data, vocabularySize }: LogProbMatrix,
  frame: number,
  method: NonNullable<CtcConfidenceOptions['method']>,
): number {
  const row = data.subarray(frame * vocabularySize, (frame + 1) * vocabularySize);
  if (method === 'tsallis') return entropyConfidence(row);
  if (method === 'gibbs') return gibbsConfidence(row);
  return probabilityConfidence(Math.max(...row), vocabularySize);
}

/**
 * Confidence of every token of a hypothesis, 0…1. Blank frames count for none.
 *
 * @throws RangeError when a token lies outside of the matrix.
 */
export function tokenConfidences(
  tokens: readonly CtcToken[],
  logProbs: LogProbMatrix,
  { method = 'tsallis', aggregation = 'min' }: CtcConfidenceOptions = {},
): readonly number[] {
  return tokens.map(({ start, end }) => {
    if (!(start >= 0 && start < end && end <= logProbs.frames)) {
      throw new RangeError(`a token has frames ${start} to ${end}, the matrix has ${logProbs.frames}`);
    }
    const values: number[] = [];
    for (let frame = start; frame < end; frame++) values.push(frameConfidence(logProbs, frame, method));
    return aggregateConfidence(values, aggregation);
  });
}

/** Confidence of every word, 0…1: that of its tokens, aggregated the same way. */
export function wordConfidences(
  words: readonly CtcWord[],
  logProbs: LogProbMatrix,
  options: CtcConfidenceOptions = {},
): readonly number[] {
  return words.map(({ tokens }) =>
    aggregateConfidence(tokenConfidences(tokens, logProbs, options), options.aggregation ?? 'min'),
  );
}
