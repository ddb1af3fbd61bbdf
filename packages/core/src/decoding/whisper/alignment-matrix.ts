import { medianFilter } from './median-filter.js';

/** Cross-attention of the alignment heads of one window. */
export interface TokenAttention {
  /** Row-major `heads × tokens × frames`. */
  readonly data: Float32Array;
  readonly heads: number;
  readonly tokens: number;
  /** Encoder positions, padding included (1500 for 30 s). */
  readonly frames: number;
  /**
   * `probabilities`: softmax over all positions was applied. `logits`: before softmax. Both give the same
   * result: renormalising probabilities over some positions is the softmax over these. Default `probabilities`.
   */
  readonly kind?: 'probabilities' | 'logits';
  /**
   * First row to be timed and the row after the last. Rows outside still count in the normalisation over
   * tokens, as in the reference. Default: all rows.
   */
  readonly timedRows?: readonly [start: number, end: number];
}

/** Row-major `rows × columns`: how strongly each token looks at each position. */
export interface AlignmentMatrix {
  readonly matrix: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Positions that the median filter spans (0.14 s). */
const MEDIAN_WIDTH = 7;

/**
 * The matrix that time warping runs on (openai/whisper `timing.py`): per head, attention is cropped to real
 * audio, normalised over positions, standardised over tokens, and median-filtered over positions; then the
 * mean over heads.
 *
 * @param positions Encoder positions that hold real audio; at least 1 is used.
 */
export function alignmentMatrix(attention: TokenAttention, positions: number): AlignmentMatrix {
  const { data, heads, tokens, frames, kind = 'probabilities', timedRows = [0, tokens] } = attention;
  if (heads < 1 || tokens < 1 || frames < 1 || data.length < heads * tokens * frames) {
    throw new RangeError(
      `attention.data must hold heads × tokens × frames = ${heads} × ${tokens} × ${frames} values, got ${data.length}`,
    );
  }
  const [start, end] = timedRows;
  if (!(start >= 0 && start < end && end <= tokens)) {
    throw new RangeError(`attention.timedRows must lie in 0…${tokens}, got ${start}…${end}`);
  }
  const columns = Math.max(1, Math.min(frames, Math.floor(positions)));
  const rows = end - start;
  const matrix = new Float32Array(rows * columns);
  const weights = new Float32Array(tokens * columns);
  for (let head = 0; head < heads; head++) {
    const offset = head * tokens * frames;
    for (let token = 0; token < tokens; token++) {
      const from = offset + token * frames;
      const row = weights.subarray(token * columns, (token + 1) * columns);
      row.set(data.subarray(from, from + columns));
      if (kind === 'logits') softmax(row);
      else renormalise(row);
    }
    standardiseOverTokens(weights, tokens, columns);
    for (let row = 0; row < rows; row++) {
      const at = (start + row) * columns;
      medianFilter(weights, at, columns, MEDIAN_WIDTH);
      for (let i = 0; i < columns; i++) matrix[row * columns + i]! += weights[at + i]!;
    }
  }
  for (let i = 0; i < matrix.length; i++) matrix[i]! /= heads;
  return { matrix, rows, columns };
}

function softmax(row: Float32Array): void {
  let max = -Infinity;
  for (const value of row) if (value > max) max = value;
  for (let i = 0; i < row.length; i++) row[i] = Math.exp(row[i]! - max);
  renormalise(row);
}

function renormalise(row: Float32Array): void {
  let sum = 0;
  for (const value of row) sum += value;
  // A head that looks at the padding alone says nothing about the audio.
  const scale = sum > 0 ? 1 / sum : 0;
  for (let i = 0; i < row.length; i++) row[i]! *= scale;
}

/** Each column minus its mean, divided by its population standard deviation. */
function standardiseOverTokens(weights: Float32Array, tokens: number, columns: number): void {
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  for (let token = 0; token < tokens; token++) {
    for (let i = 0, at = token * columns; i < columns; i++, at++) mean[i]! += weights[at]!;
  }
  for (let i = 0; i < columns; i++) mean[i]! /= tokens;
  for (let token = 0; token < tokens; token++) {
    for (let i = 0, at = token * columns; i < columns; i++, at++) {
      const difference = weights[at]! - mean[i]!;
      deviation[i]! += difference * difference;
    }
  }
  // A position that all tokens look at alike prefers none: 0, where the reference would divide by 0.
  for (let i = 0; i < columns; i++) {
    deviation[i] = deviation[i]! > 0 ? 1 / Math.sqrt(deviation[i]! / tokens) : 0;
  }
  for (let token = 0; token < tokens; token++) {
    for (let i = 0, at = token * columns; i < columns; i++, at++) {
      weights[at] = (weights[at]! - mean[i]!) * deviation[i]!;
    }
  }
}
