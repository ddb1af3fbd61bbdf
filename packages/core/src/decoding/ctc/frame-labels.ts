import type { PrefixBeamSettings } from './prefix-beam-options.js';

/** Picks the labels of a frame that a search tries. */
export class FrameLabels {
  readonly #minTokenLogProb: number;
  readonly #maxTokens: number;
  /** Reused from frame to frame. */
  readonly #chosen: number[] = [];

  constructor({ minTokenLogProb, maxTokens }: PrefixBeamSettings) {
    this.#minTokenLogProb = minTokenLogProb;
    this.#maxTokens = maxTokens;
  }

  /**
   * Labels worth trying in the row that begins at `start`: by log-probability, the likeliest always, at most `maxTokens`.
   *
   * @returns A list that is valid until the next call.
   * @throws RangeError when the row holds no numbers.
   */
  choose(data: Float32Array | Float64Array, start: number, size: number, frame: number): readonly number[] {
    const chosen = this.#chosen;
    chosen.length = 0;
    let best = 0;
    for (let label = 0; label < size; label++) {
      const logProb = data[start + label] as number;
      if (logProb > (data[start + best] as number)) best = label;
      if (logProb >= this.#minTokenLogProb) chosen.push(label);
    }
    if (chosen.length === 0) {
      if (Number.isNaN(data[start + best])) {
        throw new RangeError(`frame ${frame} of the log-probabilities is NaN`);
      }
      chosen.push(best);
    }
    if (chosen.length > this.#maxTokens) {
      chosen.sort((a, b) => (data[start + b] as number) - (data[start + a] as number));
      chosen.length = this.#maxTokens;
    }
    return chosen;
  }
}
