/** The end of a live recording: samples come in at its end and are let go at its start. Positions count from the start of the stream. */
export class AudioWindow {
  #data: Float32Array;
  #start = 0;
  #length = 0;

  /** @param capacity Samples to have room for at first. */
  constructor(capacity: number) {
    this.#data = new Float32Array(capacity);
  }

  /** Position of the first sample that is kept. */
  get start(): number {
    return this.#start;
  }

  /** Position behind the last sample. */
  get end(): number {
    return this.#start + this.#length;
  }

  append(samples: Float32Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#data.length) {
      const grown = new Float32Array(Math.max(needed, 2 * this.#data.length));
      grown.set(this.#data.subarray(0, this.#length));
      this.#data = grown;
    }
    this.#data.set(samples, this.#length);
    this.#length = needed;
  }

  /** Lets go what lies before `position`. */
  release(position: number): void {
    const count = Math.min(position - this.#start, this.#length);
    if (count <= 0) return;
    this.#data.copyWithin(0, count, this.#length);
    this.#start += count;
    this.#length -= count;
  }

  /** Lets go of everything; what is appended next lies so many samples later. */
  skip(samples: number): void {
    this.#start = this.end + samples;
    this.#length = 0;
  }

  /** Samples from `from` to `to`, as far as they are kept; a view that is valid until the next change. */
  read(from: number, to: number): Float32Array {
    const first = Math.max(0, from - this.#start);
    return this.#data.subarray(first, Math.max(first, Math.min(this.#length, to - this.#start)));
  }
}
