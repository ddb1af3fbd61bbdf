import { BulkLog } from './bulk-log.js';
import { slaneyFilterBank } from './mel-scales.js';
import type { MelFilterBank } from './mel-filter-bank.js';
import { RealFft } from './real-fft.js';
import { analysisWindow } from './windows.js';

/** Audio rate that Whisper expects, in Hz. */
export const WHISPER_SAMPLE_RATE = 16_000;
/** Samples from one frame to the next (10 ms). */
export const WHISPER_HOP_LENGTH = 160;
/** Frames of the 30 s window that Whisper's encoder takes. */
export const WHISPER_WINDOW_FRAMES = 3000;

const FRAME = 400;
const HALF_FRAME = FRAME / 2;
/** Smallest mel energy that is told apart from silence. */
const ENERGY_FLOOR = 1e-10;
/** log10 of the energy floor: what a frame of digital silence has in every bin. */
export const SILENCE_LOG_MEL = -10;

/** Energies are summed over blocks of this many samples to bound a frame's mel energies without transforming it. */
const BLOCK = 80;

/**
 * Whisper's log10 mel energies before normalisation, frame by frame.
 *
 * Frame t is centred on sample 160·t of the audio followed by zeros to `length` samples, reflected at both ends.
 * Holds a view of `samples`, no copy.
 */
export class WhisperMelFrames {
  readonly bins: number;
  /** Number of frames, ⌊length / 160⌋. */
  readonly frames: number;
  /** Frames from here on see nothing but zeros. */
  readonly soundingFrames: number;
  readonly #samples: Float32Array;
  readonly #length: number;
  readonly #window = analysisWindow('hann', FRAME, true);
  readonly #fft = new RealFft(FRAME);
  readonly #filters: MelFilterBank;
  readonly #log: BulkLog;
  readonly #input = new Float64Array(FRAME);
  readonly #power = new Float64Array(FRAME / 2 + 1);
  readonly #edge = new Float32Array(FRAME);

  /**
   * @param samples mono audio at 16 kHz
   * @param length number of samples to which the audio is cut or padded with zeros
   */
  constructor(samples: Float32Array, length: number, bins: number) {
    this.bins = bins;
    this.frames = Math.floor(length / WHISPER_HOP_LENGTH);
    this.#samples = length < samples.length ? samples.subarray(0, length) : samples;
    // The reference refuses audio shorter than its reflection; here it is reflected as if zeros followed.
    this.#length = Math.max(length, HALF_FRAME + 1);
    // Past this frame even a reflection at the end shows only zeros, unless the audio reaches that end.
    const reflects = this.#samples.length + HALF_FRAME > this.#length;
    const sounding = Math.ceil((this.#samples.length + HALF_FRAME) / WHISPER_HOP_LENGTH);
    this.soundingFrames = reflects ? this.frames : Math.min(this.frames, sounding);
    this.#filters = slaneyFilterBank({
      filters: bins,
      fftLength: FRAME,
      sampleRate: WHISPER_SAMPLE_RATE,
      lowFrequency: 0,
      highFrequency: WHISPER_SAMPLE_RATE / 2,
    });
    this.#log = new BulkLog(bins);
  }

  /**
   * Computes frames `from` … `to − 1` into a [bins, stride] matrix, the first of them at column `column`.
   * Frames past the last one count as silence.
   */
  write(from: number, to: number, matrix: Float32Array, stride: number, column: number): void {
    const { bins } = this;
    const { values } = this.#log;
    const sounding = Math.max(from, Math.min(to, this.soundingFrames));
    for (let frame = from, at = column; frame < sounding; frame++, at++) {
      if (this.#melEnergies(frame)) {
        this.#log.run(Math.LOG10E);
        for (let bin = 0, i = at; bin < bins; bin++, i += stride) matrix[i] = values[bin]!;
      } else {
        for (let bin = 0, i = at; bin < bins; bin++, i += stride) matrix[i] = SILENCE_LOG_MEL;
      }
    }
    if (sounding === to) return;
    for (let bin = 0; bin < bins; bin++) {
      const row = bin * stride + column;
      matrix.fill(SILENCE_LOG_MEL, row + sounding - from, row + to - from);
    }
  }

  /**
   * Largest value over all frames, exact, without transforming most of them.
   *
   * By Parseval's theorem a mel energy is at most (largest filter weight) · (FFT length / 2) · (energy of the windowed
   * frame); frames whose bound is not above the maximum found so far are skipped. (Every filter is zero at 0 Hz and at
   * the Nyquist frequency, so the other bins come in conjugate pairs.)
   */
  maximum(): number {
    const bounds = this.#energyBounds();
    let loudest = 0;
    for (let frame = 1; frame < bounds.length; frame++) {
      if (bounds[frame]! > bounds[loudest]!) loudest = frame;
    }
    let maximum = this.#peakEnergy(loudest);
    for (let frame = 0; frame < bounds.length; frame++) {
      if (bounds[frame]! > maximum && frame !== loudest) maximum = Math.max(maximum, this.#peakEnergy(frame));
    }
    return Math.log10(maximum);
  }

  /** Upper bounds of each sounding frame's mel energies. */
  #energyBounds(): Float64Array {
    const samples = this.#samples;
    const blocks = new Float64Array(Math.ceil(samples.length / BLOCK));
    for (let block = 0, i = 0; block < blocks.length; block++) {
      let sum = 0;
      for (const end = Math.min(i + BLOCK, samples.length); i < end; i++) sum += samples[i]! * samples[i]!;
      blocks[block] = sum;
    }
    // The largest squared window coefficient over the part of a frame that lies in each of its six blocks.
    const outer = this.#window[40]! ** 2;
    const middle = this.#window[120]! ** 2;
    const scale = this.#filters.maxWeight * (FRAME / 2);
    const at = (block: number): number => blocks[block] ?? 0;
    return Float64Array.from({ length: this.soundingFrames }, (_, frame) => {
      // A reflected part has no blocks of its own, so the frames at the ends are always transformed.
      if (this.#needsReflection(frame)) return Number.POSITIVE_INFINITY;
      const b = 2 * frame;
      return (
        scale * (outer * (at(b - 3) + at(b + 2)) + middle * (at(b - 2) + at(b + 1)) + (at(b - 1) + at(b)))
      );
    });
  }

  #peakEnergy(frame: number): number {
    if (frame >= this.soundingFrames || !this.#melEnergies(frame)) return ENERGY_FLOOR;
    const { values } = this.#log;
    let peak = ENERGY_FLOOR;
    for (let bin = 0; bin < values.length; bin++) peak = Math.max(peak, values[bin]!);
    return peak;
  }

  #needsReflection(frame: number): boolean {
    const start = frame * WHISPER_HOP_LENGTH - HALF_FRAME;
    return start < 0 || start + FRAME > this.#length;
  }

  /** Puts a frame's mel energies into `#log.values`; false, leaving them unset, if the frame holds only zeros. */
  #melEnergies(frame: number): boolean {
    let samples = this.#samples;
    let start = frame * WHISPER_HOP_LENGTH - HALF_FRAME;
    if (start < 0 || start + FRAME > samples.length) {
      this.#fillEdge(start);
      samples = this.#edge;
      start = 0;
    }
    const end = start + FRAME;
    let first = start;
    while (first < end && samples[first] === 0) first++;
    if (first === end) return false;
    const input = this.#input;
    const window = this.#window;
    for (let i = 0, j = start; i < FRAME; i++, j++) input[i] = samples[j]! * window[i]!;
    this.#fft.power(input, this.#power);
    this.#filters.apply(this.#power, this.#log.values, ENERGY_FLOOR);
    return true;
  }

  #fillEdge(start: number): void {
    const samples = this.#samples;
    const last = this.#length - 1;
    for (let i = 0; i < FRAME; i++) {
      let index = start + i;
      if (index < 0) index = -index;
      if (index > last) index = 2 * last - index;
      this.#edge[i] = samples[index] ?? 0;
    }
  }
}
