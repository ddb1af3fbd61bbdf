import { slidingMedianOfSeven } from './sliding-median.js';

/** Cross-attention of the alignment heads of one window. */
export interface TokenAttention {
  /** Row-major `heads × tokens × frames`. */
  readonly data: Float32Array;
  /** Alignment heads, 1 or more. */
  readonly heads: number;
  /** Decoder positions. */
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
  /** Row-major [rows, columns]: larger where a token belongs to a position; mean over the heads. */
  readonly matrix: Float32Array;
  /** Tokens that are timed. */
  readonly rows: number;
  /** Encoder positions that hold audio, 20 ms each. */
  readonly columns: number;
}

/**
 * The matrix that time warping runs on (openai/whisper `timing.py`): per head, attention is cropped to real
 * audio, normalised over positions, standardised over tokens, and median-filtered over 7 positions (0.14 s);
 * then the mean over heads.
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
  const filter = new RowFilter(columns);
  const weights = new Float32Array(tokens * columns);
  const rowOf = (token: number): Float32Array => weights.subarray(token * columns, (token + 1) * columns);
  for (let head = 0; head < heads; head++) {
    const moments = new Moments(columns);
    for (let token = 0; token < tokens; token++) {
      const row = rowOf(token);
      const from = (head * tokens + token) * frames;
      row.set(data.subarray(from, from + columns));
      if (kind === 'logits') exponentiate(row);
      normalise(row);
      moments.add(row);
    }
    const { mean, scale } = moments.finish();
    for (let row = 0; row < rows; row++) {
      filter.addTo(matrix.subarray(row * columns, (row + 1) * columns), rowOf(start + row), mean, scale);
    }
  }
  for (let i = 0; i < matrix.length; i++) matrix[i]! /= heads;
  return { matrix, rows, columns };
}

function exponentiate(row: Float32Array): void {
  let max = -Infinity;
  for (let i = 0; i < row.length; i++) if (row[i]! > max) max = row[i]!;
  for (let i = 0; i < row.length; i++) row[i] = Math.exp(row[i]! - max);
}

function normalise(row: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]!;
  // A head that looks at the padding alone says nothing about the audio.
  const scale = sum > 0 ? 1 / sum : 0;
  for (let i = 0; i < row.length; i++) row[i]! *= scale;
}

/** Mean and deviation of every column over rows that come one by one. */
class Moments {
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #rows = 0;

  constructor(columns: number) {
    this.#sum = new Float64Array(columns);
    this.#squares = new Float64Array(columns);
  }

  add(row: Float32Array): void {
    const sum = this.#sum;
    const squares = this.#squares;
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!;
      sum[i]! += value;
      squares[i]! += value * value;
    }
    this.#rows++;
  }

  /** Turns the sums into the mean and 1 / the population standard deviation. */
  finish(): { mean: Float64Array; scale: Float64Array } {
    const mean = this.#sum;
    const scale = this.#squares;
    for (let i = 0; i < mean.length; i++) {
      const average = mean[i]! / this.#rows;
      const variance = scale[i]! / this.#rows - average * average;
      mean[i] = average;
      // A position that all tokens look at alike prefers none: 0, where the reference would divide by 0 or blow
      // up the noise of single precision.
      scale[i] = variance > ALIKE * average * average ? 1 / Math.sqrt(variance) : 0;
    }
    return { mean, scale };
  }
}

/** Relative variance of numbers that are equal in single precision. */
const ALIKE = 1e-13;

/** Positions on each side of a filtered one. */
const HALF = 3;
/**
 * Standardised weights times this, which costs no precision, stay below 1 in magnitude. Then the bits of any two
 * differ by less than 2³¹, as the integer median needs.
 */
const SHRINK = 2 ** -64;
const GROW = 2 ** 64;

/** Standardises a row and filters it. Keeps its buffers from row to row. */
class RowFilter {
  readonly #columns: number;
  readonly #floats: Float32Array;
  /** The same memory as `#floats`. */
  readonly #bits: Int32Array;
  readonly #medians: Int32Array;
  readonly #medianFloats: Float32Array;

  constructor(columns: number) {
    this.#columns = columns;
    this.#floats = new Float32Array(columns + 2 * HALF + 1);
    this.#bits = new Int32Array(this.#floats.buffer);
    this.#medians = new Int32Array(columns);
    this.#medianFloats = new Float32Array(this.#medians.buffer);
  }

  addTo(sum: Float32Array, values: Float32Array, mean: Float64Array, scale: Float64Array): void {
    const columns = this.#columns;
    const floats = this.#floats;
    const bits = this.#bits;
    const medians = this.#medians;
    const medianFloats = this.#medianFloats;
    for (let i = 0; i < columns; i++) {
      floats[HALF + i] = (values[i]! - mean[i]!) * (scale[i]! * SHRINK);
      bits[HALF + i] = toOrdered(bits[HALF + i]!);
    }
    if (columns > HALF) {
      this.#reflect();
      slidingMedianOfSeven(bits, medians, columns);
    } else {
      // The reference leaves rows alone that are too short to be reflected.
      medians.set(bits.subarray(HALF, HALF + columns));
    }
    for (let i = 0; i < columns; i++) {
      medians[i] = toOrdered(medians[i]!);
      sum[i]! += medianFloats[i]! * GROW;
    }
  }

  #reflect(): void {
    const bits = this.#bits;
    const last = HALF + this.#columns - 1;
    for (let i = 1; i <= HALF; i++) {
      bits[HALF - i] = bits[HALF + i]!;
      bits[last + i] = bits[last - i]!;
    }
  }
}

/** Float bits to integers in the same order, and back: negative numbers have their magnitude bits flipped. */
function toOrdered(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fffffff);
}
