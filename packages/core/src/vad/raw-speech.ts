import type { ResolvedSegmenterOptions } from './segmenter-options.js';

/** Speech before padding, in samples. */
export interface RawSpan {
  readonly start: number;
  readonly end: number;
}

/** A pause inside of speech; its end is unknown while it lasts. */
interface Pause {
  readonly start: number;
  readonly end: number | undefined;
}

/**
 * Finds speech by two thresholds, pauses and the longest duration, one window at a time. It knows neither padding nor
 * the end of the audio. Case for case what `get_speech_timestamps_from_probs` of silero-vad 6 does in its loop.
 */
export class RawSpeechDetector {
  readonly #options: ResolvedSegmenterOptions;
  #start: number | undefined;
  #silenceStart: number | undefined;
  /** The pause that speech which gets too long is cut at. */
  #cutPause: Pause | undefined;

  constructor(options: ResolvedSegmenterOptions) {
    this.#options = options;
  }

  /** Where the speech under way began. */
  get start(): number | undefined {
    return this.#start;
  }

  /** Where the pause began that may become the end of the speech under way. */
  get silenceStart(): number | undefined {
    return this.#silenceStart;
  }

  /**
   * @param probability Of speech in this window.
   * @param now First sample of the window.
   * @returns Speech that ended: by a cut, by a pause, or one after the other.
   */
  push(probability: number, now: number): readonly RawSpan[] {
    const { threshold, negativeThreshold, maxSpeech, minSpeech } = this.#options;
    const ended: RawSpan[] = [];
    if (probability >= threshold) {
      this.#resume(now);
      if (this.#start === undefined) {
        this.#start = now;
        return ended;
      }
    }
    if (this.#start !== undefined && now - this.#start > maxSpeech) {
      // However short: what was cut is part of longer speech.
      ended.push(this.#cut(this.#start, now));
    }
    if (this.#start !== undefined && probability < negativeThreshold) {
      const span = this.#pause(this.#start, now);
      if (span && span.end - span.start > minSpeech) ended.push(span);
    }
    return ended;
  }

  /** Ends the pause under way, if there is one. */
  #resume(now: number): void {
    const start = this.#silenceStart;
    if (start === undefined) return;
    this.#silenceStart = undefined;
    const { cutAt, minCutSilence } = this.#options;
    const best = this.#cutPause;
    if (cutAt === 'last') {
      if (best?.end === undefined && best) this.#cutPause = { start: best.start, end: now };
    } else if (now - start > minCutSilence && !(best && best.end! - best.start >= now - start)) {
      this.#cutPause = { start, end: now };
    }
  }

  /** Cuts speech that is too long: at a pause, or right here. What follows the pause is speech of its own. */
  #cut(start: number, now: number): RawSpan {
    const pause = this.#cutPause;
    this.#reset(pause?.end);
    return { start, end: pause ? pause.start : now };
  }

  /** One more window of silence; long enough, and it ends the speech. */
  #pause(start: number, now: number): RawSpan | undefined {
    const { cutAt, minCutSilence, minSilence } = this.#options;
    const silenceStart = (this.#silenceStart ??= now);
    if (cutAt === 'last' && now - silenceStart > minCutSilence) {
      this.#cutPause = { start: silenceStart, end: undefined };
    }
    if (now - silenceStart < minSilence) return undefined;
    this.#reset(undefined);
    return { start, end: silenceStart };
  }

  #reset(start: number | undefined): void {
    this.#start = start;
    this.#silenceStart = undefined;
    this.#cutPause = undefined;
  }
}
