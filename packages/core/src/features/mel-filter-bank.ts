/** Number of frames whose spectra are filtered together. */
export const FRAME_BLOCK = 4;

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
   * Writes `max(Σ weight·spectrum, floor)` of every filter to `energies`, for {@link FRAME_BLOCK} spectra at once: one
   * after the other they would cost more than twice as much, for the loops are short and each sum waits for itself.
   *
   * @param spectra row-major [FRAME_BLOCK, spectrumBins]
   * @param energies room for row-major [FRAME_BLOCK, filters]
   */
  apply(spectra: Float64Array, energies: Float64Array, floor: number): void {
    const { filters, spectrumBins } = this;
    const offsets = this.#offsets;
    const weights = this.#weights;
    const firstBin = this.#firstBin;
    let w = 0;
    for (let filter = 0; filter < filters; filter++) {
      const end = offsets[filter + 1]!;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let bin = firstBin[filter]!; w < end; w++, bin++) {
        const weight = weights[w]!;
        a += weight * spectra[bin]!;
        b += weight * spectra[bin + spectrumBins]!;
        c += weight * spectra[bin + 2 * spectrumBins]!;
        d += weight * spectra[bin + 3 * spectrumBins]!;
      }
      energies[filter] = a > floor ? a : floor;
      energies[filter + filters] = b > floor ? b : floor;
      energies[filter + 2 * filters] = c > floor ? c : floor;
      energies[filter + 3 * filters] = d > floor ? d : floor;
    }
  }
}
