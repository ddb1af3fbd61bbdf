import { finish, finishInTurns, type Steps } from '../steps.js';
import {
  SILENCE_LOG_MEL,
  WHISPER_HOP_LENGTH,
  WHISPER_WINDOW_FRAMES,
  WhisperMelFrames,
} from './whisper-mel-frames.js';

/** Width of the kept range below the maximum, in log10 units (80 dB). */
const DYNAMIC_RANGE = 8;

/** Log-mel features of one stretch of audio. */
export interface LogMel {
  /** Row-major [bins, frames]. */
  readonly data: Float32Array;
  /** Number of mel bins. */
  readonly bins: number;
  /** Number of frames, 10 ms each. */
  readonly frames: number;
}

/** Size of the features that {@link whisperLogMel} computes. */
export interface WhisperLogMelOptions {
  /** Number of mel bins: 80, or 128 for large-v3 and turbo. Default 80. */
  readonly bins?: number;
  /**
   * Number of samples to which the audio is cut or padded with zeros before the transform; 480 000 gives the 30 s of
   * `pad_or_trim` and of Hugging Face's feature extractor. Default: the length of the audio.
   */
  readonly length?: number;
}

/**
 * Whisper's log-mel features of a piece of audio: `log_mel_spectrogram` of openai/whisper (`whisper/audio.py`), equal to
 * it within float32 rounding, at any length. Frames of zeros cost nothing.
 *
 * Values lie at most 2 below their maximum: log10 energies, floored 8 below the largest, plus 4, divided by 4.
 *
 * @param samples mono audio at 16 kHz, −1…1
 * @throws {RangeError} when an option is out of range
 */
export function whisperLogMel(samples: Float32Array, options: WhisperLogMelOptions = {}): LogMel {
  const { bins = 80, length = samples.length } = options;
  checkArguments(samples, bins);
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`length must be a whole number of samples, 0 or more; found ${length}.`);
  }
  const source = new WhisperMelFrames(samples, length, bins);
  const { frames } = source;
  const data = new Float32Array(bins * frames);
  source.write(0, frames, data, frames, 0);
  normalize(data, data, maximumOf(data));
  return { data, bins, frames };
}

/** Size and scaling of the features that a {@link WhisperLogMel} computes. */
export interface WhisperLogMelSourceOptions {
  /** Number of mel bins: 80, or 128 for large-v3 and turbo. Default 80. */
  readonly bins?: number;
  /**
   * Where the maximum that everything is measured against is taken: over the whole file as openai/whisper and
   * faster-whisper do (default), or over each window as chunked pipelines do, which lets quiet passages of a recording
   * with loud ones keep their detail.
   */
  readonly normalization?: 'file' | 'window';
}

/** What a window holds where the audio has ended; for {@link WhisperLogMel.window}. */
export interface WhisperWindowOptions {
  /**
   * What follows the last frame of the audio: `zeros` writes the number 0, as `transcribe()` of openai/whisper and
   * faster-whisper do (default); `silence` writes the features of silent audio, as padding the waveform would.
   */
  readonly padding?: 'zeros' | 'silence';
}

/**
 * Whisper's log-mel features of a recording of any length, computed window by window as a decoder asks for them.
 *
 * Equal to the features of the whole file (audio followed by 30 s of zeros), yet memory stays at one window: the maximum
 * of the file is found from an energy bound that spares most transforms, and frames shared by consecutive windows are
 * computed once. Keeps a reference to `samples`; don't change them while it is in use.
 */
export class WhisperLogMel {
  /** Number of mel bins. */
  readonly bins: number;
  /** Number of frames that hold audio, ⌊samples / 160⌋; a decoder's seek position ends here. */
  readonly contentFrames: number;
  readonly #source: WhisperMelFrames;
  readonly #normalization: 'file' | 'window';
  #fileMaximum: number | undefined;
  /** Raw log10 energies of frames `#cacheStart` … `#cacheStart + #cacheFrames − 1`, [bins, #cacheFrames]. */
  #cache = new Float32Array(0);
  #cacheStart = 0;
  #cacheFrames = 0;

  /**
   * @param samples mono audio at 16 kHz, −1…1
   * @throws {RangeError} when an option is out of range
   */
  constructor(samples: Float32Array, options: WhisperLogMelSourceOptions = {}) {
    const { bins = 80, normalization = 'file' } = options;
    checkArguments(samples, bins);
    if (normalization !== 'file' && normalization !== 'window') {
      throw new RangeError(`normalization must be 'file' or 'window'; found ${String(normalization)}.`);
    }
    this.bins = bins;
    this.contentFrames = Math.floor(samples.length / WHISPER_HOP_LENGTH);
    const appended = WHISPER_WINDOW_FRAMES * WHISPER_HOP_LENGTH;
    this.#source = new WhisperMelFrames(samples, samples.length + appended, bins);
    this.#normalization = normalization;
  }

  /**
   * Finds the maximum of the file ahead of the first `window()`, which does it otherwise: 0.3 s of work for an hour of
   * audio. The event loop gets its turn in between.
   *
   * @throws `signal.reason` when aborted.
   */
  async prepare(signal?: AbortSignal): Promise<void> {
    // The first window of shorter audio gives its maximum for nothing.
    if (this.#normalization === 'window' || this.#source.soundingFrames <= WHISPER_WINDOW_FRAMES) return;
    this.#fileMaximum ??= await finishInTurns(this.#findMaximum(), signal);
  }

  /**
   * Features of frames `start` … `start + frames − 1`, row-major [bins, frames], in an array of their own.
   *
   * @param start first frame, 0 or more; frames past the audio are padding
   * @param frames number of frames, default 3000 (30 s)
   * @throws {RangeError} when an argument is not a whole number of frames
   */
  window(
    start: number,
    frames: number = WHISPER_WINDOW_FRAMES,
    options: WhisperWindowOptions = {},
  ): Float32Array {
    checkFrames('start', start);
    checkFrames('frames', frames);
    const { padding = 'zeros' } = options;
    const raw = this.#rawWindow(start, frames);
    const data = new Float32Array(raw.length);
    const content = Math.min(frames, Math.max(0, this.contentFrames - start));
    const maximum = this.#normalization === 'file' ? this.#maximum() : maximumOf(raw);
    normalize(raw, data, maximum);
    if (padding === 'zeros' && content < frames) {
      for (let bin = 0; bin < this.bins; bin++) data.fill(0, bin * frames + content, (bin + 1) * frames);
    }
    return data;
  }

  #maximum(): number {
    this.#fileMaximum ??= finish(this.#findMaximum());
    return this.#fileMaximum;
  }

  *#findMaximum(): Steps<number> {
    // A window that holds all of the sound holds the maximum of the file.
    const covered = this.#cacheStart === 0 && this.#source.soundingFrames <= this.#cacheFrames;
    const maximum = covered ? maximumOf(this.#cache) : yield* this.#source.maximum();
    return Math.max(maximum, SILENCE_LOG_MEL);
  }

  /** Raw values of a window; what the previous window has in common with it is taken over from there. */
  #rawWindow(start: number, frames: number): Float32Array {
    const end = start + frames;
    const cachedEnd = this.#cacheStart + this.#cacheFrames;
    if (start === this.#cacheStart && end === cachedEnd) return this.#cache;
    const raw = new Float32Array(this.bins * frames);
    const from = Math.max(start, this.#cacheStart);
    const to = Math.min(end, cachedEnd);
    if (from < to) {
      for (let bin = 0; bin < this.bins; bin++) {
        const row = bin * this.#cacheFrames - this.#cacheStart;
        raw.set(this.#cache.subarray(row + from, row + to), bin * frames + from - start);
      }
      this.#source.write(start, from, raw, frames, 0);
      this.#source.write(to, end, raw, frames, to - start);
    } else {
      this.#source.write(start, end, raw, frames, 0);
    }
    this.#cache = raw;
    this.#cacheStart = start;
    this.#cacheFrames = frames;
    return raw;
  }
}

function maximumOf(values: Float32Array): number {
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i]! > maximum) maximum = values[i]!;
  return maximum;
}

function normalize(raw: Float32Array, out: Float32Array, maximum: number): void {
  const floor = maximum - DYNAMIC_RANGE;
  for (let i = 0; i < raw.length; i++) {
    const value = raw[i]!;
    out[i] = (value > floor ? value : floor) * 0.25 + 1;
  }
}

function checkArguments(samples: Float32Array, bins: number): void {
  if (!(samples instanceof Float32Array)) {
    throw new TypeError('samples must be a Float32Array of mono audio at 16 kHz.');
  }
  if (!Number.isSafeInteger(bins) || bins < 1) {
    throw new RangeError(`bins must be a whole number of mel bins, at least 1; found ${bins}.`);
  }
}

function checkFrames(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${name} must be a whole number of frames, 0 or more; found ${value}.`);
  }
}
