import { AsrError } from '../../../errors.js';
import { disposeTensors, freeTensor } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import { gatherRows } from './gather-rows.js';
import { copiesOfFirst } from './rows.js';

/**
 * Whether a decoder graph spreads the cross-attention keys and values of one row over several rows of tokens.
 *
 * ONNX's MatMul does so by itself, and then the beams of a window share one copy (2.4 GB less for five beams of
 * large-v3). But exports made with older versions of transformers reshape by the number of token rows and
 * would silently read other frames. So it is measured once per model: two rows, shared and copied, have to give
 * the same logits.
 */
export class RowSharing {
  #verdict: boolean | undefined;

  /** @param run Runs two rows of tokens with cross-attention of `crossRows` rows; returns the logits. */
  async decide(run: (crossRows: 1 | 2) => Promise<Float32Array>): Promise<boolean> {
    if (this.#verdict !== undefined) return this.#verdict;
    const copied = await run(2);
    let shared: Float32Array | undefined;
    try {
      shared = await run(1);
    } catch (error) {
      if (!(AsrError.isInstance(error) && error.code === 'BACKEND_FAILED')) throw error;
    }
    this.#verdict = shared !== undefined && isClose(shared, copied);
    return this.#verdict;
  }
}

/** Equal but for the rounding of another order of the same sums. */
function isClose(a: Float32Array, b: Float32Array): boolean {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return a.length === b.length && difference <= 1e-3 * largest;
}

/** Cross-attention keys and values of one window, of one row, and copies for several rows where a graph needs them. */
export class CrossCache {
  readonly #inputs: readonly string[];
  readonly #axis: number;
  readonly #one: readonly Tensor[];
  readonly #owned: boolean;
  #copies: Tensor[] = [];
  #rows = 1;

  /**
   * @param one Tensors of one row.
   * @param axis The axis of the tensors that counts rows.
   * @param owned Whether the tensors are to be disposed with this cache.
   */
  constructor(inputs: readonly string[], axis: number, one: readonly Tensor[], owned: boolean) {
    this.#inputs = inputs;
    this.#axis = axis;
    this.#one = one;
    this.#owned = owned;
  }

  /** Puts the tensors among the feeds of a step, copied to `rows` rows. */
  async write(feeds: Record<string, Tensor>, rows: number): Promise<void> {
    if (rows > 1 && rows !== this.#rows) {
      disposeTensors(this.#copies);
      this.#copies = [];
      const order = { axis: this.#axis };
      // One after the other: on a device this reads them, and all at once would double the peak.
      for (const tensor of this.#one) {
        this.#copies.push(await gatherRows(tensor, copiesOfFirst(rows), order));
      }
      this.#rows = rows;
    }
    const tensors = rows === 1 ? this.#one : this.#copies;
    for (let i = 0; i < tensors.length; i++) feeds[this.#inputs[i]!] = tensors[i]!;
  }

  /** Frees the copies alone. */
  releaseCopies(): void {
    disposeTensors(this.#copies);
    this.#copies = [];
    this.#rows = 1;
  }

  dispose(): void {
    this.releaseCopies();
    if (this.#owned) this.#one.forEach(freeTensor);
  }
}
