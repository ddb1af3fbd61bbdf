import { RawSpeechDetector, type RawSpan } from './raw-speech.js';
import {
  resolveSegmenterOptions,
  SILERO_WINDOWS,
  type ProbabilityWindows,
  type ResolvedSegmenterOptions,
  type SpeechSegmenterOptions,
} from './segmenter-options.js';

/** A stretch of speech in seconds from the start of the audio. */
export interface SpeechSpan {
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
}

/** A boundary of speech. Starts and ends take turns, and never go back in time. */
export interface SpeechEvent {
  /** Whether somebody begins to speak or has stopped. */
  readonly type: 'speech-start' | 'speech-end';
  /** Samples from the start of the audio, at the segmenter's rate. */
  readonly sample: number;
  /** Seconds from the start of the audio. */
  readonly time: number;
}

/**
 * Turns speech probabilities into speech, one window at a time (silero-vad `get_speech_timestamps`, which works on whole
 * recordings; the boundaries are the same).
 *
 * An event is given as soon as nothing that follows can change it: a start when the speech is longer than
 * `minSpeechDuration`, an end after `minSilenceDuration` (or twice the padding, where that is longer).
 */
export class SpeechSegmenter {
  readonly #options: ResolvedSegmenterOptions;
  readonly #detector: RawSpeechDetector;
  readonly #events: SpeechEvent[] = [];
  /** Ended speech whose padded end depends on when the next begins. */
  #ended: RawSpan | undefined;
  /** Whether the start of the speech under way has been told. */
  #announced = false;
  #windows = 0;
  #finished = false;

  /**
   * @param windows What one probability stands for. Default: Silero's 512 samples at 16 kHz.
   * @throws TypeError, RangeError naming the option that can't be.
   */
  constructor(options: SpeechSegmenterOptions = {}, windows: ProbabilityWindows = SILERO_WINDOWS) {
    this.#options = resolveSegmenterOptions(options, windows);
    this.#detector = new RawSpeechDetector(this.#options);
  }

  /** Whether the last window counts as speech. It may still turn out to be too short. */
  get speaking(): boolean {
    return this.#detector.start !== undefined;
  }

  /**
   * Takes the next window.
   *
   * @param probability Of speech in it, 0–1.
   * @returns What became certain by it, in order of time; often nothing.
   * @throws RangeError for no probability; TypeError after `finish()`.
   */
  push(probability: number): readonly SpeechEvent[] {
    if (this.#finished) throw new TypeError('push: the segmenter is finished; make a new one.');
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(`probability: expected a number from 0 to 1, found ${probability}.`);
    }
    const now = this.#windows * this.#options.windowSize;
    this.#windows += 1;
    for (const span of this.#detector.push(probability, now)) this.#close(span);
    this.#announce(now);
    return this.#events.splice(0);
  }

  /**
   * Ends the audio, and speech that is under way with it.
   *
   * @param samples Length of the audio. Default: all windows are full.
   */
  finish(samples: number = this.#windows * this.#options.windowSize): readonly SpeechEvent[] {
    if (this.#finished) throw new TypeError('finish: the segmenter is finished already.');
    const { windowSize } = this.#options;
    if (!(samples <= this.#windows * windowSize && samples > (this.#windows - 1) * windowSize)) {
      throw new RangeError(
        `samples: expected a length that ends in the last of ${this.#windows} windows of ${windowSize}, found ${samples}.`,
      );
    }
    this.#finished = true;
    const start = this.#detector.start;
    if (start !== undefined && samples - start > this.#options.minSpeech)
      this.#close({ start, end: samples });
    if (this.#ended) this.#emit('speech-end', Math.min(samples, this.#ended.end + this.#options.padding));
    return this.#events.splice(0);
  }

  /** Speech has ended; its start is told now if it wasn't before. */
  #close(span: RawSpan): void {
    if (!this.#announced) this.#begin(span.start);
    this.#announced = false;
    this.#ended = span;
  }

  /** Tells what can't change any more after the window that starts at `now`. */
  #announce(now: number): void {
    const { start, silenceStart } = this.#detector;
    if (start !== undefined && !this.#announced) {
      // Without a pause the speech lasts into this window, if only by a sample: the audio may end in it.
      const certain = silenceStart === undefined ? now + 1 : silenceStart;
      if (certain - start > this.#options.minSpeech) {
        this.#begin(start);
        this.#announced = true;
      }
    }
    // Speech to come starts here or later, and the audio is at least this long.
    if (this.#ended && (start ?? now) - this.#ended.end >= 2 * this.#options.padding) {
      this.#emit('speech-end', this.#ended.end + this.#options.padding);
      this.#ended = undefined;
    }
  }

  /** Pads the pause before a start: half of it each where it is shorter than two paddings. */
  #begin(start: number): void {
    const { padding } = this.#options;
    const gap = this.#ended ? start - this.#ended.end : Infinity;
    const share = gap < 2 * padding ? Math.floor(gap / 2) : padding;
    if (this.#ended) this.#emit('speech-end', this.#ended.end + share);
    this.#ended = undefined;
    this.#emit('speech-start', Math.max(0, start - share));
  }

  #emit(type: SpeechEvent['type'], sample: number): void {
    this.#events.push({ type, sample, time: sample / this.#options.sampleRate });
  }
}

/**
 * The speech of a whole recording, by its probabilities.
 *
 * @param probabilities Of speech, one per window.
 * @param samples Length of the audio. Default: all windows are full.
 * @param windows What one probability stands for. Default: Silero's 512 samples at 16 kHz.
 * @throws TypeError, RangeError naming the option that can't be.
 */
export function segmentSpeech(
  probabilities: Iterable<number>,
  samples?: number,
  options?: SpeechSegmenterOptions,
  windows?: ProbabilityWindows,
): readonly SpeechSpan[] {
  const segmenter = new SpeechSegmenter(options, windows);
  const events: SpeechEvent[] = [];
  for (const probability of probabilities) events.push(...segmenter.push(probability));
  events.push(...segmenter.finish(samples));
  return pairEvents(events);
}

/** Spans from all the events of an audio. */
export function pairEvents(events: readonly SpeechEvent[]): readonly SpeechSpan[] {
  const starts = events.filter(({ type }) => type === 'speech-start');
  const ends = events.filter(({ type }) => type === 'speech-end');
  return starts.map(({ time }, i) => ({ start: time, end: ends[i]!.time }));
}
