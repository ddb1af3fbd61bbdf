import type { LiveDecoder, LiveEvent, OpenDecoder } from '../../streaming/live-decoder.js';
import type { StreamOptions } from '../../streaming/stream-options.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { Segment, Transcript } from '../../transcript/transcript.js';
import { LiveSearch, type LiveSearchSetup } from './live-search.js';
import type { CtcPiece } from './log-prob-stream.js';

/** Log-probabilities of audio that comes in pieces; the frames are the same however it is cut. */
export interface LogProbFeed {
  push(samples: Float32Array, signal?: AbortSignal): AsyncGenerator<CtcPiece, void, undefined>;
  /** The frames that waited for the end of the audio. The feed is of no use afterwards. */
  finish(signal?: AbortSignal): AsyncGenerator<CtcPiece, void, undefined>;
  dispose(): void;
}

/** What the live decoder of a CTC model is made of. */
export interface LiveCtcSetup extends LiveSearchSetup {
  /** Rate of the samples. Hz. */
  readonly sampleRate: number;
  readonly openFeed: () => LogProbFeed;
}

/** Seconds of blanks after speech that end an utterance, by default; sherpa-onnx's. */
const SILENCE_AFTER_SPEECH = 1.2;

/**
 * Gives `silenceAfterSpeech` the default for blanks. It is longer than for a detector: labels are spikes, so within slow
 * speech blanks last longer than silence does.
 */
export function waitForBlanks(plan: StreamPlan, { endpoint }: Pick<StreamOptions, 'endpoint'>): StreamPlan {
  if (!plan.endpoint || (endpoint && endpoint.silenceAfterSpeech !== undefined)) return plan;
  return { ...plan, endpoint: { ...plan.endpoint, silenceAfterSpeech: SILENCE_AFTER_SPEECH } };
}

/** Live transcription with a CTC model. */
export function liveCtcDecoder(setup: LiveCtcSetup): OpenDecoder {
  return (signal) => new LiveCtcDecoder(setup, signal);
}

class LiveCtcDecoder implements LiveDecoder {
  readonly sampleRate: number;
  readonly #setup: LiveCtcSetup;
  readonly #signal: AbortSignal;
  readonly #search: LiveSearch;
  readonly #segments: Segment[] = [];
  /** Absent until audio comes, and after a flush until more does. */
  #feed: LogProbFeed | undefined;
  /** Seconds before the feed's first sample. */
  #origin = 0;
  #samples = 0;

  constructor(setup: LiveCtcSetup, signal: AbortSignal) {
    this.#setup = setup;
    this.#signal = signal;
    this.sampleRate = setup.sampleRate;
    this.#search = new LiveSearch(setup);
  }

  async *push(samples: Float32Array): AsyncGenerator<LiveEvent, void, undefined> {
    this.#samples += samples.length;
    this.#feed ??= this.#setup.openFeed();
    yield* this.#listen(this.#feed.push(samples, this.#signal));
  }

  async *skip(samples: number): AsyncGenerator<LiveEvent, void, undefined> {
    yield* this.#conclude('gap', samples);
  }

  async *flush(reason: 'flush' | 'end'): AsyncGenerator<LiveEvent, void, undefined> {
    yield* this.#conclude(reason, 0);
  }

  transcript(): Transcript {
    return {
      text: this.#segments.map(({ text }) => text).join(' '),
      duration: this.#samples / this.sampleRate,
      segments: [...this.#segments],
    };
  }

  dispose(): void {
    this.#feed?.dispose();
    this.#feed = undefined;
  }

  /** The model begins anew `missing` samples behind what it has heard: that had an end. */
  async *#conclude(
    reason: 'flush' | 'gap' | 'end',
    missing: number,
  ): AsyncGenerator<LiveEvent, void, undefined> {
    const feed = this.#feed;
    if (feed) {
      yield* this.#listen(feed.finish(this.#signal));
      feed.dispose();
      this.#feed = undefined;
    } else if (missing === 0) return;
    this.#samples += missing;
    this.#origin = this.#samples / this.sampleRate;
    yield* this.#keep(this.#search.finish(reason, this.#origin));
  }

  async *#listen(pieces: AsyncIterable<CtcPiece>): AsyncGenerator<LiveEvent, void, undefined> {
    for await (const piece of pieces) {
      yield* this.#keep(this.#search.push(piece, this.#origin + piece.seconds));
    }
  }

  *#keep(events: Iterable<LiveEvent>): Generator<LiveEvent, void, undefined> {
    for (const event of events) {
      if (event.type === 'segment') this.#segments.push(event.segment);
      yield event;
    }
  }
}
