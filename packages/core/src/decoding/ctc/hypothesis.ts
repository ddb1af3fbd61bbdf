/** One label of a decoded sequence and the frames it was read from. */
export interface CtcToken {
  /** Index in the vocabulary. */
  readonly id: number;
  /** First frame. */
  readonly start: number;
  /** Frame behind the last; frames where the label repeats are inside. */
  readonly end: number;
  /** Sum of the label's log-probabilities over its frames. */
  readonly logProb: number;
  /** Highest log-probability of the label in its frames. */
  readonly peakLogProb: number;
}

/** A label sequence that a decoder proposes. */
export interface CtcHypothesis {
  /** Labels in order of time, blanks left out. */
  readonly tokens: readonly CtcToken[];
  /** Log-probability: of the sequence for a beam search (all its paths), of the one path for greedy. */
  readonly logProb: number;
  /** `logProb` plus what language models and hotwords added; the rank of a beam. */
  readonly score: number;
}
