import { SpeechSegmenter, type SpeechEvent } from '../vad/speech-segmenter.js';
import type { SpeechSegmenterOptions } from '../vad/segmenter-options.js';
import type { VadStream } from '../vad/vad.js';
import { SlidingMinimum } from './sliding-minimum.js';

/** Seconds of a window; Silero's length. */
const WINDOW = 0.032;
/** Seconds back in which the quietest window is the background. Speech has a gap in any such stretch. */
const MEMORY = 8;
/** Seconds until the quietest window heard so far is trusted; a stream may begin in the middle of a word. */
const TRIAL = 2;
/** dBFS. A background is not taken for quieter than this: the noise of a microphone varies by more than the margin there. */
const QUIETEST = -65;
/** dB above the background where speech and silence are equally probable. */
const MARGIN = 9;
/** dB from there to certainty. */
const SPREAD = 18;

/**
 * Where somebody may be speaking, by level alone: what is clearly louder than the quietest moment of the last seconds. For
 * streams without a detector. It follows a background that changes, and takes anything else that is loud for speech: music,
 * traffic, keys. {@link SpeechSegmenter} decides as it does for a detector's probabilities.
 */
export class EnergyGate implements VadStream {
  readonly #segmenter: SpeechSegmenter;
  readonly #window: number;
  readonly #floor = new SlidingMinimum(Math.round(MEMORY / WINDOW));
  #windows = 0;
  #samples = 0;
  /** Of the window under way. */
  #energy = 0;
  #filled = 0;

  /** @param sampleRate Of the samples that are pushed. Hz. */
  constructor(sampleRate: number, thresholds: SpeechSegmenterOptions) {
    this.#window = Math.round(WINDOW * sampleRate);
    this.#segmenter = new SpeechSegmenter(thresholds, { sampleRate, windowSize: this.#window });
  }

  get speaking(): boolean {
    return this.#segmenter.speaking;
  }

  async push(samples: Float32Array): Promise<readonly SpeechEvent[]> {
    const events: SpeechEvent[] = [];
    this.#samples += samples.length;
    for (let i = 0; i < samples.length; i++) {
      this.#energy += samples[i]! * samples[i]!;
      if (++this.#filled === this.#window) events.push(...this.#segmenter.push(this.#probability()));
    }
    return events;
  }

  async finish(): Promise<readonly SpeechEvent[]> {
    const rest = this.#filled === 0 ? [] : this.#segmenter.push(this.#probability());
    return [...rest, ...this.#segmenter.finish(this.#samples)];
  }

  async dispose(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** That the window under way holds speech; begins the next one. */
  #probability(): number {
    const level = 10 * Math.log10(Math.max(this.#energy / this.#filled, 1e-16));
    this.#energy = 0;
    this.#filled = 0;
    this.#windows += 1;
    const heard = this.#floor.push(level);
    const floor = this.#windows * WINDOW < TRIAL ? QUIETEST : Math.max(heard, QUIETEST);
    return Math.min(1, Math.max(0, 0.5 + (level - floor - MARGIN) / (2 * SPREAD)));
  }
}
