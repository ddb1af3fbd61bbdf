/** What a CTC head's numbers are. Stated, never guessed: Mozilla's graph has a softmax in it, most others don't. */
export type CtcOutputKind = 'logits' | 'logProbs' | 'probs';

/** Natural log-probabilities, `frames × vocabularySize` row-major. */
export interface LogProbMatrix {
  /** Row-major [frames, vocabularySize], natural logarithms. */
  readonly data: Float32Array | Float64Array;
  /** Number of rows. */
  readonly frames: number;
  /** Number of labels, the blank included. */
  readonly vocabularySize: number;
}

/** Smallest probability that `probs` are clipped to before the logarithm. */
const MIN_PROB = 1e-15;

/**
 * Turns the output of a CTC head into log-probabilities, in place where it can.
 *
 * @throws RangeError when `data` is no whole number of rows.
 */
export function toLogProbs(
  data: Float32Array | Float64Array,
  vocabularySize: number,
  kind: CtcOutputKind,
): LogProbMatrix {
  const frames = data.length / vocabularySize;
  if (!Number.isInteger(frames)) {
    throw new RangeError(`${data.length} values are no whole number of rows of ${vocabularySize}`);
  }
  if (kind === 'probs') {
    for (let i = 0; i < data.length; i++) data[i] = Math.log(Math.max(data[i] as number, MIN_PROB));
  } else if (kind === 'logits') {
    for (let frame = 0; frame < frames; frame++) {
      logSoftmax(data, frame * vocabularySize, (frame + 1) * vocabularySize);
    }
  }
  return { data, frames, vocabularySize };
}

function logSoftmax(data: Float32Array | Float64Array, start: number, end: number): void {
  let max = -Infinity;
  for (let i = start; i < end; i++) if ((data[i] as number) > max) max = data[i] as number;
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.exp((data[i] as number) - max);
  const normaliser = max + Math.log(sum);
  for (let i = start; i < end; i++) data[i] = (data[i] as number) - normaliser;
}

/** log(exp(a) + exp(b)). */
export function logAdd(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
