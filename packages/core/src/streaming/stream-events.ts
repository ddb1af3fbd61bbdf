import type { Segment, Transcript, Word } from '../transcript/transcript.js';

/**
 * Why an utterance ended: nobody spoke (`no-speech`), a pause after speech (`silence`), the longest an utterance may be
 * (`max-length`), the caller's `flush()`, audio that is missing (`gap`, as the times of `TimedChunk`s tell), or the end of the audio
 * (`end`).
 */
export type EndpointReason = 'no-speech' | 'silence' | 'max-length' | 'flush' | 'gap' | 'end';

/** Somebody begins to speak. */
export interface SpeechStartEvent {
  readonly type: 'speech-start';
  /** Seconds from the start of the stream. */
  readonly time: number;
}

/** What the utterance under way reads so far. The next one, or the final segments, replace it. */
export interface PartialEvent {
  readonly type: 'partial';
  /** All of the utterance that is not in a `segment` yet, without spaces at its ends. */
  readonly text: string;
  /** The beginning of `text` that will not change any more; each partial's continues the one before it. */
  readonly confirmed: string;
  /** Seconds from the start of the stream: where `text` begins. */
  readonly start: number;
  /** Seconds from the start of the stream: audio up to here was heard for it. */
  readonly end: number;
  /** Words of `text` where word timestamps were asked for. */
  readonly words?: readonly Word[];
}

/** A segment that will never change. Its text begins with what was confirmed of it. */
export interface SegmentEvent {
  readonly type: 'segment';
  readonly segment: Segment;
}

/** An utterance ended; its segments came before. */
export interface EndpointEvent {
  readonly type: 'endpoint';
  /** Seconds from the start of the stream: where speech ended, or where the utterance was cut. */
  readonly time: number;
  readonly reason: EndpointReason;
}

/** Decoding falls behind the audio that comes in, or has caught up again (`seconds` 0). */
export interface LagEvent {
  readonly type: 'lag';
  /** Audio that was taken in and not decoded yet. */
  readonly seconds: number;
}

/** The stream is over: all of it as one transcript. The last event. */
export interface StreamEndEvent {
  readonly type: 'end';
  readonly transcript: Transcript;
}

/** What a stream tells, in order of time. Plain data, JSON-safe. */
export type StreamEvent =
  SpeechStartEvent | PartialEvent | SegmentEvent | EndpointEvent | LagEvent | StreamEndEvent;
