import { BulkLog } from './bulk-log.js';
import { cepstrumMatrix } from './cepstrum.js';
import type { SpectralFrontEndConfig } from './front-end-config.js';
import { FRAME_BLOCK, type MelFilterBank } from './mel-filter-bank.js';
import { RealFft } from './real-fft.js';
import { analysisWindow } from './windows.js';

/** What a frame's analysis depends on. */
export type FrameAnalysis = Pick<
  SpectralFrontEndConfig,
  'preEmphasis' | 'removeDc' | 'window' | 'fftLength' | 'spectrum' | 'log' | 'cepstrum'
> & { readonly framing: { readonly frameLength: number } };

/**
 * From a frame of samples to its row of features: window, spectrum, filters, logarithm, cepstrum.
 *
 * Works on blocks of up to {@link FRAME_BLOCK} frames: {@link load} each, then {@link finish} all. A row doesn't depend
 * on its neighbours in the block. Allocates nothing after construction.
 */
export class FrameAnalyzer {
  /** Width of a row of features. */
  readonly bins: number;
  /** Log energies (before the logarithm: energies) of the block, row-major [FRAME_BLOCK, filters]. */
  readonly energies: Float64Array;
  /** The filters between spectrum and energies. */
  readonly filters: MelFilterBank;
  readonly #analysis: FrameAnalysis;
  readonly #frameLength: number;
  readonly #window: Float64Array;
  readonly #fft: RealFft;
  readonly #input: Float64Array;
  readonly #spectra: Float64Array;
  readonly #spectrumRows: readonly Float64Array[];
  readonly #log: BulkLog;
  readonly #cepstrum: Float64Array | undefined;
  /** Energy of each frame of the block, where the cepstrum asks for it. */
  readonly #frameEnergies: BulkLog;
  /** Whether frames need more than the window: mean, pre-emphasis or energy. */
  readonly #emphasized: boolean;
  /** Part of each sample's predecessor that is subtracted inside the frame. */
  readonly #preEmphasis: number;

  /**
   * @param filters what gathers the `fftLength / 2 + 1` bins of the spectrum, see `filterBankOf`
   * @throws {RangeError} when the frame doesn't fit the FFT, or the FFT length can't be transformed
   */
  constructor(analysis: FrameAnalysis, filters: MelFilterBank) {
    const { framing, fftLength, window, cepstrum, preEmphasis } = analysis;
    if (framing.frameLength > fftLength) {
      throw new RangeError(
        `fftLength must be at least the frame length ${framing.frameLength}; found ${fftLength}.`,
      );
    }
    this.#analysis = analysis;
    this.#frameLength = framing.frameLength;
    this.#window = analysisWindow(window.type, framing.frameLength, window.periodic);
    this.#fft = new RealFft(fftLength);
    this.#input = new Float64Array(fftLength);
    const spectrumBins = this.#fft.bins;
    this.#spectra = new Float64Array(FRAME_BLOCK * spectrumBins);
    this.#spectrumRows = Array.from({ length: FRAME_BLOCK }, (_, row) =>
      this.#spectra.subarray(row * spectrumBins, (row + 1) * spectrumBins),
    );
    this.filters = filters;
    this.#log = new BulkLog(FRAME_BLOCK * this.filters.filters);
    this.energies = this.#log.values;
    this.#cepstrum = cepstrum === null ? undefined : cepstrumMatrix(cepstrum, this.filters.filters);
    this.bins = cepstrum === null ? this.filters.filters : cepstrum.coefficients;
    this.#frameEnergies = new BulkLog(FRAME_BLOCK);
    this.#preEmphasis = preEmphasis?.scope === 'frame' ? preEmphasis.coefficient : 0;
    this.#emphasized = analysis.removeDc || this.#preEmphasis !== 0 || cepstrum?.energy === true;
  }

  /**
   * Puts the spectrum of the frame that starts at `samples[start]` into row `row` of the block.
   *
   * @param samples holds the whole frame
   */
  load(samples: Float32Array, start: number, row: number): void {
    const spectrum = this.#spectrumRows[row]!;
    const end = start + this.#frameLength;
    let first = start;
    while (first < end && samples[first] === 0) first++;
    if (first === end) {
      // Digital silence needs no transform.
      spectrum.fill(0);
      this.#frameEnergies.values[row] = 0;
      return;
    }
    if (this.#emphasized) this.#windowEmphasized(samples, start, row);
    else this.#windowPlain(samples, start);
    this.#fft.power(this.#input, spectrum);
    if (this.#analysis.spectrum === 'magnitude') {
      for (let i = 0; i < spectrum.length; i++) spectrum[i] = Math.sqrt(spectrum[i]!);
    }
  }

  /** Turns the block's spectra into {@link energies}, floored but not yet logarithms. */
  filter(): void {
    this.filters.apply(this.#spectra, this.energies, this.#analysis.log.floor);
  }

  /** Turns the block's spectra into log energies, and where there is a cepstrum, {@link write} completes them. */
  finish(): void {
    const { scale, offset } = this.#analysis.log;
    this.filter();
    const { energies } = this;
    if (offset !== 0) for (let i = 0; i < energies.length; i++) energies[i] = energies[i]! + offset;
    this.#log.run(scale);
  }

  /** Writes the first `count` finished rows of the block to `out`, from index `at` on. */
  write(count: number, out: Float32Array, at: number): void {
    if (this.#cepstrum === undefined) {
      const length = count * this.bins;
      for (let i = 0; i < length; i++) out[at + i] = this.energies[i]!;
      return;
    }
    for (let row = 0; row < count; row++) this.#writeCepstrum(row, this.#cepstrum, out, at + row * this.bins);
    if (this.#analysis.cepstrum?.energy !== true) return;
    const { values } = this.#frameEnergies;
    for (let row = 0; row < count; row++) {
      out[at + row * this.bins] = Math.log(Math.max(values[row]!, this.#analysis.log.floor));
    }
  }

  #writeCepstrum(row: number, matrix: Float64Array, out: Float32Array, at: number): void {
    const { filters } = this.filters;
    const { energies } = this;
    const first = row * filters;
    for (let k = 0, m = 0; k < this.bins; k++) {
      let sum = 0;
      for (let n = 0; n < filters; n++, m++) sum += matrix[m]! * energies[first + n]!;
      out[at + k] = sum;
    }
  }

  #windowPlain(samples: Float32Array, start: number): void {
    const input = this.#input;
    const window = this.#window;
    const { length } = window;
    let i = 0;
    let j = start;
    // Four at a time: the loop's own work weighs more than one multiplication.
    for (const end = length - 3; i < end; i += 4, j += 4) {
      input[i] = samples[j]! * window[i]!;
      input[i + 1] = samples[j + 1]! * window[i + 1]!;
      input[i + 2] = samples[j + 2]! * window[i + 2]!;
      input[i + 3] = samples[j + 3]! * window[i + 3]!;
    }
    for (; i < length; i++, j++) input[i] = samples[j]! * window[i]!;
  }

  /** Subtracts the mean, then the emphasised predecessor (the first sample is its own), then windows. */
  #windowEmphasized(samples: Float32Array, start: number, row: number): void {
    const input = this.#input;
    const window = this.#window;
    const { length } = window;
    const end = start + length;
    const coefficient = this.#preEmphasis;
    let mean = 0;
    if (this.#analysis.removeDc) {
      for (let i = start; i < end; i++) mean += samples[i]!;
      mean /= length;
    }
    if (this.#analysis.cepstrum?.energy === true) {
      let energy = 0;
      for (let i = start; i < end; i++) energy += (samples[i]! - mean) ** 2;
      this.#frameEnergies.values[row] = energy;
    }
    let previous = samples[start]! - mean;
    for (let i = 0; i < length; i++) {
      const current = samples[start + i]! - mean;
      input[i] = (current - coefficient * previous) * window[i]!;
      previous = current;
    }
  }
}
