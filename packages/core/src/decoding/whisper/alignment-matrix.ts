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
  const weights = new Float32Array(tokens * columns);
  const moments = new Moments(columns);
  const filter = new RowFilter(columns);
  for (let head = 0; head < heads; head++) {
    moments.clear();
    for (let token = 0; token < tokens; token++) {
      const from = (head * tokens + token) * frames;
      const row = data.subarray(from, from + columns);
      const target = weights.subarray(token * columns, (token + 1) * columns);
      moments.addNormalised(kind === 'logits' ? exponentiate(row, target) : row, target);
    }
    moments.finish();
    for (let row = 0; row < rows; row++) {
      const from = (start + row) * columns;
      filter.addTo(
        matrix.subarray(row * columns, (row + 1) * columns),
        weights.subarray(from, from + columns),
        moments,
      );
    }
  }
  for (let i = 0; i < matrix.length; i++) matrix[i]! *= GROW / heads;
  return { matrix, rows, columns };
}

function exponentiate(row: Float32Array, target: Float32Array): Float32Array {
  let max = -Infinity;
  for (let i = 0; i < row.length; i++) if (row[i]! > max) max = row[i]!;
  for (let i = 0; i < row.length; i++) target[i] = Math.exp(row[i]! - max);
  return target;
}

/** Mean and deviation of every column over rows that come one by one. */
class Moments {
  /** Of each column; sums until `finish()`. */
  readonly mean: Float64Array;
  /** 1 / the population standard deviation, times `SHRINK`; sums of squares until `finish()`. */
  readonly scale: Float64Array;
  #rows = 0;

  constructor(columns: number) {
    this.mean = new Float64Array(columns);
    this.scale = new Float64Array(columns);
  }

  clear(): void {
    this.mean.fill(0);
    this.scale.fill(0);
    this.#rows = 0;
  }

  /** Writes `row`, made to add up to 1, into `target`, and takes that in. The two may be one array. */
  addNormalised(row: Float32Array, target: Float32Array): void {
    const sums = this.mean;
    const squares = this.scale;
    const total = sumOf(row);
    // A head that looks at the padding alone says nothing about the audio.
    const factor = total > 0 ? 1 / total : 0;
    for (let i = 0; i < row.length; i++) {
      const value = Math.fround(row[i]! * factor);
      target[i] = value;
      sums[i]! += value;
      squares[i]! += value * value;
    }
    this.#rows++;
  }

  /** Turns the sums into the mean and the scale. */
  finish(): void {
    const { mean, scale } = this;
    for (let i = 0; i < mean.length; i++) {
      const average = mean[i]! / this.#rows;
      const variance = scale[i]! / this.#rows - average * average;
      mean[i] = average;
      // A position that all tokens look at alike prefers none: 0, where the reference would divide by 0 or blow
      // up the noise of single precision.
      scale[i] = variance > ALIKE * average * average ? SHRINK / Math.sqrt(variance) : 0;
    }
  }
}

/** In four sums, which don't wait for each other. */
function sumOf(row: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (const whole = row.length & ~3; i < whole; i += 4) {
    a += row[i]!;
    b += row[i + 1]!;
    c += row[i + 2]!;
    d += row[i + 3]!;
  }
  for (; i < row.length; i++) a += row[i]!;
  return a + b + (c + d);
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

/** Standardises rows and filters them. Keeps its buffers from row to row. */
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

  /** Adds the filtered row to `sum`, times `SHRINK`. */
  addTo(sum: Float32Array, values: Float32Array, { mean, scale }: Moments): void {
    const columns = this.#columns;
    const bits = this.#bits;
    const medians = this.#medians;
    standardise(this.#floats, values, mean, scale);
    toOrdered(bits, HALF, HALF + columns);
    if (columns > HALF) {
      this.#reflect();
      slidingMedianOfSeven(bits, medians, columns);
    } else {
      // The reference leaves rows alone that are too short to be reflected.
      medians.set(bits.subarray(HALF, HALF + columns));
    }
    toOrdered(medians, 0, columns);
    addTo(sum, this.#medianFloats);
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

// Loops of their own: V8 compiles them when the first window is timed, and not a long function when the third is.

function standardise(
  target: Float32Array,
  values: Float32Array,
  mean: Float64Array,
  scale: Float64Array,
): void {
  for (let i = 0; i < values.length; i++) target[HALF + i] = (values[i]! - mean[i]!) * scale[i]!;
}

/** Float bits to integers in the same order, and back: negative numbers have their magnitude bits flipped. */
function toOrdered(bits: Int32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) bits[i]! ^= (bits[i]! >> 31) & 0x7fffffff;
}

function addTo(sum: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}
