import type { Hypothesis, RankedHypothesis } from './search.js';

/**
 * Orders hypotheses, best first; equals keep their order. openai/whisper `MaximumLikelihoodRanker`.
 *
 * @param given Tokens at the start of every hypothesis that were not sampled and don't count as length.
 * @param lengthPenalty Undefined: score = log-probability / length. α (0 … 1): log-probability / ((5 + length) / 6)^α,
 * the penalty of Google's NMT (Wu et al. 2016). Length leaves end of text out; an empty hypothesis counts as 1 long,
 * where the reference divides by zero.
 */
export function rankHypotheses(
  hypotheses: readonly Hypothesis[],
  given: number,
  lengthPenalty: number | undefined,
): readonly RankedHypothesis[] {
  const score = ({ tokens, sumLogProb }: Hypothesis): number => {
    const length = tokens.length - given;
    return (
      sumLogProb / (lengthPenalty === undefined ? Math.max(1, length) : ((5 + length) / 6) ** lengthPenalty)
    );
  };
  return hypotheses
    .map((hypothesis) => ({ ...hypothesis, score: score(hypothesis) }))
    .sort((a, b) => b.score - a.score);
}
