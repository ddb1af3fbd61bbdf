import { dynamicTimeWarping } from './dtw.js';
import { alignmentMatrix } from './alignment-matrix.js';
import type { TokenAttention } from './alignment-matrix.js';
import type { WordTokens } from './word-split.js';

/** Encoder positions per second. */
const POSITIONS_PER_SECOND = 50;

/** A word with its place in the window. Times are seconds from the start of the window. */
export interface AlignedWord {
  /** With its leading space. */
  readonly text: string;
  /** Token ids, in order. */
  readonly tokens: readonly number[];
  /** Seconds from the start of the window. */
  readonly start: number;
  /** Seconds from the start of the window. */
  readonly end: number;
  /** Mean probability of the tokens, 0–1. */
  readonly probability: number;
}

/**
 * When each token begins, from cross-attention: dynamic time warping on the alignment matrix.
 *
 * @param attention Rows of the tokens to time and of the one position before them (see `alignWords`).
 * @param positions Encoder positions that hold real audio (20 ms each); the rest is padding and is cropped.
 * @returns Seconds from the start of the window, one per row, never decreasing.
 */
export function tokenStartTimes(attention: TokenAttention, positions: number): Float64Array {
  const { matrix, rows, columns } = alignmentMatrix(attention, positions);
  for (let i = 0; i < matrix.length; i++) matrix[i] = -matrix[i]!;
  const path = dynamicTimeWarping(matrix, rows, columns);
  const times = new Float64Array(rows);
  for (let i = path.rows.length - 1; i >= 0; i--) {
    times[path.rows[i]!] = path.columns[i]! / POSITIONS_PER_SECOND;
  }
  return times;
}

/**
 * Times and probabilities of words.
 *
 * @param words In order; their tokens together are the text tokens that the times are of.
 * @param startTimes Start of each text token and of the token after the last (which ends the last word):
 * at least one more than there are text tokens. The row of attention that *predicts* a token is the row of the
 * position before it, so rows `no_timestamps, text…` give the starts of `text…, end`.
 * @param probabilities Of each text token.
 */
export function alignWords(
  words: readonly WordTokens[],
  startTimes: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): AlignedWord[] {
  let index = 0;
  return words.map(({ text, tokens }) => {
    const first = index;
    let sum = 0;
    for (; index < first + tokens.length; index++) sum += probabilities[index] ?? Number.NaN;
    const start = startTimes[first];
    const end = startTimes[index];
    if (start === undefined || end === undefined || Number.isNaN(sum)) {
      throw new RangeError(
        `words hold more tokens than there are times (${startTimes.length}, one more than tokens) or ` +
          `probabilities (${probabilities.length})`,
      );
    }
    return { text, tokens, start, end, probability: tokens.length === 0 ? 0 : sum / tokens.length };
  });
}
