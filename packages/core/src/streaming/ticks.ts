/** Cuts audio that comes in any pieces into pieces of one length, which lie on a grid of the stream. */
export class Ticks {
  readonly #length: number;
  #pending: Float32Array;
  #filled = 0;

  /** @param length Samples. */
  constructor(length: number) {
    this.#length = length;
    this.#pending = new Float32Array(length);
  }

  /** The pieces that are full, in arrays of their own. */
  *push(samples: Float32Array): Generator<Float32Array> {
    for (let read = 0; read < samples.length;) {
      const count = Math.min(this.#length - this.#filled, samples.length - read);
      this.#pending.set(samples.subarray(read, read + count), this.#filled);
      this.#filled += count;
      read += count;
      if (this.#filled === this.#length) yield this.finish();
    }
  }

  /** What waits; the grid goes on behind it. */
  finish(): Float32Array {
    const piece = this.#pending.subarray(0, this.#filled);
    this.#pending = new Float32Array(this.#length);
    this.#filled = 0;
    return piece;
  }
}
