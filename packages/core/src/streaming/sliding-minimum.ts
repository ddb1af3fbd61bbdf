/** The smallest of the last values. */
export class SlidingMinimum {
  readonly #length: number;
  /** Candidates with rising values; older ones first. */
  #candidates: { readonly index: number; readonly value: number }[] = [];
  #index = 0;

  /** @param length How many values count. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Takes the next value. @returns The smallest of the last ones. */
  push(value: number): number {
    const index = this.#index++;
    while (this.#candidates.length > 0 && this.#candidates.at(-1)!.value >= value) this.#candidates.pop();
    this.#candidates.push({ index, value });
    if (this.#candidates[0]!.index <= index - this.#length) this.#candidates.shift();
    return this.#candidates[0]!.value;
  }
}
