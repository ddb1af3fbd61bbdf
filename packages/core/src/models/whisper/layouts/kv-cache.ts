import { freeTensor } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import { isIdentity } from './rows.js';

/** One tensor of a cache: the input that takes it and the output that gives its successor. */
export interface CacheSlot {
  readonly input: string;
  readonly output: string;
}

/**
 * Self-attention keys and values of one decoder run. Owns its tensors: the outputs of a step replace (and
 * free) the ones fed to it, so nothing is copied between steps. What is read of them is copied at once.
 */
export class KvCache {
  readonly #slots: readonly CacheSlot[];
  readonly #axis: number;
  #tensors: Tensor[] = [];

  /** @param axis The axis of the tensors that counts rows. */
  constructor(slots: readonly CacheSlot[], axis: number) {
    this.#slots = slots;
    this.#axis = axis;
  }

  get isEmpty(): boolean {
    return this.#tensors.length === 0;
  }

  get rows(): number {
    return this.#tensors[0]?.dims[this.#axis] ?? 0;
  }

  /** Puts the cached tensors among the feeds of a step. */
  write(feeds: Record<string, Tensor>): void {
    for (let i = 0; i < this.#tensors.length; i++) feeds[this.#slots[i]!.input] = this.#tensors[i]!;
  }

  /** Takes over the cache outputs of a step. */
  replace(outputs: Readonly<Record<string, Tensor>>): void {
    const old = this.#tensors;
    this.#tensors = this.#slots.map((slot) => outputs[slot.output]!);
    old.forEach(freeTensor);
  }

  /**
   * Makes row `i` a copy of row `parents[i]`. Costs nothing when the rows stay as they are.
   *
   * @param used Positions in use, for caches of fixed size.
   */
  async select(parents: readonly number[], used?: number): Promise<void> {
    if (this.isEmpty || isIdentity(parents, this.rows)) return;
    const gathered = await this.gather(parents, used);
    this.#tensors.forEach(freeTensor);
    this.#tensors = gathered;
  }

  /** Copies of the rows `parents`, owned by the caller. */
  async gather(parents: readonly number[], used?: number): Promise<Tensor[]> {
    const { gatherRows } = await import('./gather-rows.js');
    const order = { axis: this.#axis, used };
    return Promise.all(this.#tensors.map((tensor) => gatherRows(tensor, parents, order)));
  }

  dispose(): void {
    this.#tensors.forEach(freeTensor);
    this.#tensors = [];
  }
}
