/**
 * A bank of filters over spectrum bins, stored sparsely: for each filter its first non-zero bin and the weights from
 * there on (a dense 80 × 201 matrix is 98 % zeros).
 */
export class MelFilterBank {
  /** Number of filters, the rows of the equivalent matrix. */
  readonly filters: number;
  /** Number of spectrum bins, the columns of the equivalent matrix. */
  readonly spectrumBins: number;
  /** Largest weight of the bank. */
  readonly maxWeight: number;
  readonly #firstBin: Int32Array;
  /** Where the weights of each filter start in `#weights`; one more entry for the end. */
  readonly #offsets: Int32Array;
  readonly #weights: Float64Array;

  /** @param weight gives the weight of a spectrum bin in a filter; only one run of non-zero bins per filter is stored. */
  constructor(filters: number, spectrumBins: number, weight: (filter: number, bin: number) => number) {
    this.filters = filters;
    this.spectrumBins = spectrumBins;
    this.#firstBin = new Int32Array(filters);
    this.#offsets = new Int32Array(filters + 1);
    const weights: number[] = [];
    let maxWeight = 0;
    for (let filter = 0; filter < filters; filter++) {
      const row = Array.from({ length: spectrumBins }, (_, bin) => weight(filter, bin));
      const first = row.findIndex((value) => value !== 0);
      this.#firstBin[filter] = Math.max(first, 0);
      // An empty filter stays empty.
      const support = first < 0 ? [] : row.slice(first, row.findLastIndex((value) => value !== 0) + 1);
      weights.push(...support);
      maxWeight = Math.max(maxWeight, ...support);
      this.#offsets[filter + 1] = weights.length;
    }
    this.#weights = Float64Array.from(weights);
    this.maxWeight = maxWeight;
  }

  /** Weights of one filter and the spectrum bin of the first of them. */
  filter(index: number): { readonly firstBin: number; readonly weights: Float64Array } {
    return {
      firstBin: this.#firstBin[index]!,
      weights: this.#weights.slice(this.#offsets[index], this.#offsets[index + 1]),
    };
  }

  /**
   * Writes `max(Σ weight·spectrum, floor)` of every filter to `energies`.
   *
   * @param spectrum `spectrumBins` values
   * @param energies room for `filters` values
   */
  apply(spectrum: Float64Array, energies: Float64Array, floor: number): void {
    const offsets = this.#offsets;
    const weights = this.#weights;
    const firstBin = this.#firstBin;
    let w = 0;
    for (let filter = 0; filter < this.filters; filter++) {
      const end = offsets[filter + 1]!;
      let sum = 0;
      for (let bin = firstBin[filter]!; w < end; w++, bin++) sum += weights[w]! * spectrum[bin]!;
      energies[filter] = sum > floor ? sum : floor;
    }
  }
}
