/**
 * What a beam search asks of language models and hotwords: a value for every label prefix, computed once when the
 * prefix is first reached. All scores are natural logarithms.
 *
 * `State` is immutable: two prefixes may grow from one. Where the search is given a vocabulary, values must depend on the
 * text alone, not on the labels that spell it: of several spellings one is asked for all.
 */
export interface PrefixScorer<State> {
  /** State of the empty prefix. */
  start(): State;
  /** State after one more label. */
  extend(state: State, token: number): State;
  /** What the prefix is worth so far, bonuses for its unfinished last word included. */
  score(state: State): number;
  /** What the whole sequence is worth if it ends here. */
  finalScore(state: State): number;
  /**
   * What the worth of all that may follow depends on, for `pruneHistory`: two states with the same history will gain the
   * same from the same labels.
   */
  history?(state: State): string;
}

/** No language model: every prefix is worth 0. */
export const NO_SCORER: PrefixScorer<undefined> = {
  start: () => undefined,
  extend: () => undefined,
  score: () => 0,
  finalScore: () => 0,
};
