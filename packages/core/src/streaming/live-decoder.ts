import type { Transcript } from '../transcript/transcript.js';
import type { LagEvent, StreamEndEvent, StreamEvent } from './stream-events.js';

/** What a decoder tells while it listens; the stream adds `lag` and `end`. */
export type LiveEvent = Exclude<StreamEvent, LagEvent | StreamEndEvent>;

/**
 * What one live stream needs of a model. The stream calls it from one place, never twice at once, and reads each call's
 * events to the end, unless it was aborted. Calls that take long look at the signal the decoder was made with.
 *
 * All times are seconds of the audio that was pushed or skipped since the start. What a decoder tells may depend on the samples and on
 * how long its own work takes, never on how the samples are cut into calls.
 */
export interface LiveDecoder {
  /** Rate of the samples it takes. Hz. */
  readonly sampleRate: number;
  /** Takes the next samples, which are the decoder's from now on, and tells what they bring. */
  push(samples: Float32Array): AsyncIterable<LiveEvent>;
  /**
   * So many samples are missing here. Ends the utterance under way, as {@link flush} for `gap`; what is pushed next lies
   * behind the gap.
   */
  skip(samples: number): AsyncIterable<LiveEvent>;
  /** Ends the utterance under way: its segments and an `endpoint` for `reason`. Nothing when there is none. */
  flush(reason: 'flush' | 'end'): AsyncIterable<LiveEvent>;
  /** All segments told so far, as one transcript. */
  transcript(): Transcript;
  /** Frees what it holds. Idempotent; called when no other call is under way. */
  dispose(): void | Promise<void>;
}

/** Makes the decoder of a stream, without waiting; what takes time it does with the first audio. It ends its work, and rejects with the reason, when `signal` aborts. */
export type OpenDecoder = (signal: AbortSignal) => LiveDecoder;
