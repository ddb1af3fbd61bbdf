import type { CtcToken } from './hypothesis.js';
import type { LogProbMatrix } from './log-probs.js';

/** α of the Tsallis entropy; NeMo's default. */
const ALPHA = 0.33;

/**
 * How sure a frame's distribution is: 1 for all of it on one label, 0 for a guess among all. Tsallis entropy,
 * exponentially normalised (NeMo `asr_confidence_utils.py`, method `entropy`, type `tsallis`, norm `exp`).
 */
export function entropyConfidence(logProbs: Float32Array | Float64Array): number {
  let sum = 0;
  for (let id = 0; id < logProbs.length; id++) sum += Math.exp(ALPHA * (logProbs[id] as number));
  const floor = Math.exp((1 - logProbs.length ** (1 - ALPHA)) / (1 - ALPHA));
  return clamp((Math.exp((1 - sum) / (1 - ALPHA)) - floor) / (1 - floor));
}

/** A probability scaled so that a guess among all labels is 0 (NeMo, method `max_prob`, norm `lin`). */
export function probabilityConfidence(logProb: number, vocabularySize: number): number {
  return clamp((Math.exp(logProb) * vocabularySize - 1) / (vocabularySize - 1));
}

/** Rounding leaves a sure frame a little above 1. */
function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** One number of many confidences. */
export function aggregateConfidence(
  values: readonly number[],
  aggregation: 'min' | 'mean' | 'max' | 'product',
): number {
  if (aggregation === 'min') return Math.min(...values);
  if (aggregation === 'max') return Math.max(...values);
  if (aggregation === 'product') return values.reduce((product, value) => product * value, 1);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Collects the entropy of frames as they are decoded, one number a frame, for the confidence of tokens afterwards. */
export class FrameEntropies {
  #values = new Float32Array(1024);
  #frames = 0;

  push({ data, frames, vocabularySize }: LogProbMatrix): void {
    if (this.#frames + frames > this.#values.length) {
      const grown = new Float32Array(Math.max(2 * this.#values.length, this.#frames + frames));
      grown.set(this.#values);
      this.#values = grown;
    }
    for (let frame = 0; frame < frames; frame++) {
      const row = data.subarray(frame * vocabularySize, (frame + 1) * vocabularySize);
      this.#values[this.#frames++] = entropyConfidence(row);
    }
  }

  /** Of the token's surest frame: where a label begins and ends it shares the frame with the blank. */
  of({ start, end }: CtcToken): number {
    let best = 0;
    for (let frame = start; frame < end; frame++) best = Math.max(best, this.#values[frame] as number);
    return best;
  }
}
