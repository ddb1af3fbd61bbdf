import type { CtcVocabulary } from './vocabulary.js';

/** Settings of the prefix beam search. */
export interface PrefixBeamOptions {
  /** Index of the blank label. */
  readonly blank: number;
  /** Hypotheses kept after every frame. Default 100: more rarely changes the text. */
  readonly beamWidth?: number;
  /** Labels below this log-probability are not tried in a frame; its likeliest label always is. Default −5. */
  readonly minTokenLogProb?: number;
  /** Hypotheses this far below the best are dropped, in nats. Default 10. */
  readonly maxScoreGap?: number;
  /** At most this many labels are tried per frame. Default: all. */
  readonly maxTokens?: number;
  /**
   * What the labels spell. Label sequences that read the same (other word pieces, several spaces, a space at either end)
   * are then one hypothesis with the sum of their probabilities, all through the search.
   */
  readonly vocabulary?: CtcVocabulary;
  /**
   * Label between words, where there is no `vocabulary`. Several in a row, or one at the start, count as one or none, as
   * they do in the text.
   */
  readonly wordDelimiter?: number;
  /**
   * What a hypothesis is when the beam is cut:
   *
   * - `prefix`: a label sequence or text with all of its paths, as in Hannun et al.
   * - `ending`: those of its paths that end in blank and those that end in its last label are two hypotheses, as in
   *   pyctcdecode. Half the work at the same `beamWidth`; sums miss more of the unlikely paths.
   *
   * Default `prefix`.
   */
  readonly pruneBy?: 'prefix' | 'ending';
  /**
   * Of hypotheses that differ only in words too far back to matter to the scorer, keep the best (pyctcdecode's
   * `prune_history`). Makes room in the beam for texts that can still win, at the price of the n-best list: its texts then
   * differ near the end only. Needs a scorer that tells what matters to it. Default false.
   */
  readonly pruneHistory?: boolean;
}

/** The same with every default filled in. */
export interface PrefixBeamSettings {
  readonly blank: number;
  readonly beamWidth: number;
  readonly minTokenLogProb: number;
  readonly maxScoreGap: number;
  readonly maxTokens: number;
  readonly pruneBy: 'prefix' | 'ending';
  readonly pruneHistory: boolean;
}

/** @throws RangeError when an option is out of its range. */
export function resolvePrefixBeamOptions(options: PrefixBeamOptions): PrefixBeamSettings {
  const { blank, beamWidth = 100, maxTokens = Infinity, maxScoreGap = 10, minTokenLogProb = -5 } = options;
  if (!(beamWidth >= 1)) throw new RangeError(`beamWidth must be at least 1, found ${beamWidth}`);
  if (!(maxTokens >= 1)) throw new RangeError(`maxTokens must be at least 1, found ${maxTokens}`);
  if (!(maxScoreGap >= 0)) throw new RangeError(`maxScoreGap must be at least 0, found ${maxScoreGap}`);
  const { pruneBy = 'prefix', pruneHistory = false } = options;
  if (pruneBy !== 'prefix' && pruneBy !== 'ending') {
    throw new RangeError(`pruneBy must be "prefix" or "ending", found ${String(pruneBy)}`);
  }
  return { blank, beamWidth, maxTokens, maxScoreGap, minTokenLogProb, pruneBy, pruneHistory };
}
