import type { Steps } from '../steps.js';
import { FrameAnalyzer, type FrameAnalysis } from './frame-analyzer.js';
import { edgeIndex, frameStart, type Framing } from './framing.js';
import { FRAME_BLOCK } from './mel-filter-bank.js';
import { slaneyFilterBank } from './slaney-filter-bank.js';
import { analysisWindow } from './windows.js';

/** Audio rate that Whisper expects, in Hz. */
export const WHISPER_SAMPLE_RATE = 16_000;
/** Samples from one frame to the next (10 ms). */
export const WHISPER_HOP_LENGTH = 160;
/** Frames of the 30 s window that Whisper's encoder takes. */
export const WHISPER_WINDOW_FRAMES = 3000;

const FRAME = 400;
const HALF_FRAME = FRAME / 2;
const FRAMING: Framing = { frameLength: FRAME, hopLength: WHISPER_HOP_LENGTH, edges: 'center-reflect' };
const WINDOW = { type: 'hann', periodic: true } as const;
/** Smallest mel energy that is told apart from silence. */
const ENERGY_FLOOR = 1e-10;
/** log10 of the energy floor: what a frame of digital silence has in every bin. */
export const SILENCE_LOG_MEL = -10;

/** Energies are summed over blocks of this many samples to bound a frame's mel energies without transforming it. */
const BLOCK = 80;
/** Blocks or frames whose energies are summed up in one step. */
const STEP = 4096;

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
  readonly #analyzer: FrameAnalyzer;
  /** A frame that reaches past the audio, gathered here. */
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
    this.#analyzer = sharedAnalyzer(bins);
  }

  /**
   * Computes frames `from` … `to − 1` into a [bins, stride] matrix, the first of them at column `column`.
   * Frames past the last one count as silence.
   */
  write(from: number, to: number, matrix: Float32Array, stride: number, column: number): void {
    const { bins } = this;
    const { energies } = this.#analyzer;
    const sounding = Math.max(from, Math.min(to, this.soundingFrames));
    for (let frame = from; frame < sounding; frame += FRAME_BLOCK) {
      const count = Math.min(FRAME_BLOCK, sounding - frame);
      for (let row = 0; row < count; row++) this.#load(frame + row, row);
      this.#analyzer.finish();
      const at = column + frame - from;
      for (let row = 0, i = 0; row < count; row++) {
        for (let bin = 0, o = at + row; bin < bins; bin++, i++, o += stride) matrix[o] = energies[i]!;
      }
    }
    for (let bin = 0; bin < bins; bin++) {
      const row = bin * stride + column;
      matrix.fill(SILENCE_LOG_MEL, row + sounding - from, row + to - from);
    }
  }

  /**
   * Largest value over all frames, exact, without transforming most of them; in steps.
   *
   * By Parseval's theorem a mel energy is at most (largest filter weight) · (FFT length / 2) · (energy of the windowed
   * frame); frames whose bound is not above the maximum found so far are skipped. (Every filter is zero at 0 Hz and at
   * the Nyquist frequency, so the other bins come in conjugate pairs.)
   */
  *maximum(): Steps<number> {
    const bounds = yield* this.#energyBounds();
    let loudest = 0;
    for (let frame = 1; frame < bounds.length; frame++) {
      if (bounds[frame]! > bounds[loudest]!) loudest = frame;
    }
    let maximum = this.#peakEnergy(loudest);
    for (let frame = 0; frame < bounds.length; frame++) {
      if (!(bounds[frame]! > maximum) || frame === loudest) continue;
      maximum = Math.max(maximum, this.#peakEnergy(frame));
      yield;
    }
    return Math.log10(maximum);
  }

  /** Upper bounds of each sounding frame's mel energies. */
  *#energyBounds(): Steps<Float64Array> {
    const samples = this.#samples;
    const blocks = new Float64Array(Math.ceil(samples.length / BLOCK));
    for (let block = 0, i = 0; block < blocks.length; block++) {
      let sum = 0;
      for (const end = Math.min(i + BLOCK, samples.length); i < end; i++) sum += samples[i]! * samples[i]!;
      blocks[block] = sum;
      if (block % STEP === STEP - 1) yield;
    }
    // The largest squared window coefficient over the part of a frame that lies in each of its six blocks.
    const window = analysisWindow(WINDOW.type, FRAME, WINDOW.periodic);
    const outer = window[HALF_FRAME - 2 * BLOCK]! ** 2;
    const middle = window[HALF_FRAME - BLOCK]! ** 2;
    const scale = this.#analyzer.filters.maxWeight * (FRAME / 2);
    const at = (block: number): number => blocks[block] ?? 0;
    const bounds = new Float64Array(this.soundingFrames);
    for (let frame = 0; frame < bounds.length; frame++) {
      const b = 2 * frame;
      // A reflected part has no blocks of its own, so the frames at the ends are always transformed.
      bounds[frame] = this.#needsReflection(frame)
        ? Number.POSITIVE_INFINITY
        : scale * (outer * (at(b - 3) + at(b + 2)) + middle * (at(b - 2) + at(b + 1)) + (at(b - 1) + at(b)));
      if (frame % STEP === STEP - 1) yield;
    }
    return bounds;
  }

  #peakEnergy(frame: number): number {
    if (frame >= this.soundingFrames) return ENERGY_FLOOR;
    this.#load(frame, 0);
    this.#analyzer.filter();
    const { energies } = this.#analyzer;
    let peak = ENERGY_FLOOR;
    for (let bin = 0; bin < this.bins; bin++) peak = Math.max(peak, energies[bin]!);
    return peak;
  }

  #needsReflection(frame: number): boolean {
    const start = frameStart(FRAMING, frame);
    return start < 0 || start + FRAME > this.#length;
  }

  #load(frame: number, row: number): void {
    const samples = this.#samples;
    const start = frameStart(FRAMING, frame);
    if (start >= 0 && start + FRAME <= samples.length) {
      this.#analyzer.load(samples, start, row);
      return;
    }
    for (let i = 0; i < FRAME; i++) {
      this.#edge[i] = samples[edgeIndex(FRAMING.edges, start + i, this.#length)] ?? 0;
    }
    this.#analyzer.load(this.#edge, 0, row);
  }
}

/**
 * The analysis of one number of bins, made once: its tables take longer to build than a second of audio to transform.
 * Safe to share, since a block of frames is loaded, finished and read without a pause.
 */
function sharedAnalyzer(bins: number): FrameAnalyzer {
  let analyzer = analyzers.get(bins);
  if (analyzer === undefined) {
    const filters = slaneyFilterBank({
      filters: bins,
      fftLength: FRAME,
      sampleRate: WHISPER_SAMPLE_RATE,
      lowFrequency: 0,
      highFrequency: WHISPER_SAMPLE_RATE / 2,
    });
    const analysis: FrameAnalysis = {
      preEmphasis: null,
      framing: FRAMING,
      removeDc: false,
      window: WINDOW,
      fftLength: FRAME,
      spectrum: 'power',
      log: { scale: Math.LOG10E, floor: ENERGY_FLOOR, offset: 0 },
      cepstrum: null,
    };
    analyzer = new FrameAnalyzer(analysis, filters);
    analyzers.set(bins, analyzer);
  }
  return analyzer;
}

const analyzers = new Map<number, FrameAnalyzer>();
