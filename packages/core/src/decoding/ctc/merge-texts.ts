import type { CtcHypothesis } from './hypothesis.js';
import { logAdd } from './log-probs.js';
import { groupWords, type CtcVocabulary, type CtcWord } from './vocabulary.js';

/** A text that a beam search proposes. */
export interface CtcTextHypothesis extends CtcHypothesis {
  /** The words, joined by spaces. */
  readonly text: string;
  /** Words with the labels that spell them, of the best path. */
  readonly words: readonly CtcWord[];
}

/**
 * Joins label sequences that read the same (a space at the end, other word pieces): their probabilities add up; the
 * tokens are those of the likeliest. Best first.
 */
export function mergeTexts(
  hypotheses: readonly CtcHypothesis[],
  vocabulary: CtcVocabulary,
): readonly CtcTextHypothesis[] {
  const byText = new Map<string, CtcTextHypothesis>();
  for (const hypothesis of hypotheses) {
    const words = groupWords(hypothesis.tokens, vocabulary);
    const text = words.map((word) => word.text).join(' ');
    const known = byText.get(text);
    if (!known) {
      byText.set(text, { ...hypothesis, text, words });
      continue;
    }
    const better = hypothesis.score > known.score ? { ...hypothesis, text, words } : known;
    byText.set(text, {
      ...better,
      logProb: logAdd(known.logProb, hypothesis.logProb),
      score: logAdd(known.score, hypothesis.score),
    });
  }
  return [...byText.values()].sort((a, b) => b.score - a.score);
}
