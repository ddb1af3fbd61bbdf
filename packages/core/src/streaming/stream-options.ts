import type { Pcm } from '../audio/pcm.js';
import type { TranscribeOptions } from '../speech-model.js';

/** How samples lie in chunks of bytes; several channels take turns. */
export type RawEncoding = 's16le' | 'f32le' | 'mulaw' | 'alaw';

/** What chunks are that don't say it themselves: `Float32Array`s need a rate, bytes an encoding too. */
export interface ChunkFormat {
  /** Hz, a whole number in 1000…768000. */
  readonly sampleRate: number;
  /** Interleaved channels of a chunk; they are averaged. Default 1. */
  readonly channels?: number;
  /** Of chunks of bytes. Default `s16le`. A sample may be cut by the end of a chunk. */
  readonly encoding?: RawEncoding;
}

/**
 * A piece of live audio that says when it was recorded, for sources that may lose some: packets of a network, a call that is
 * put on hold, a machine that sleeps. Where more than 0.1 s is missing, up to a second of the background's noise stands for it; more ends
 * the utterance under way (`gap`). Either way the times of what follows stay true.
 */
export interface TimedChunk<Audio extends Pcm | Float32Array | Uint8Array = Pcm | Float32Array | Uint8Array> {
  /** {@link Pcm}, or samples or bytes as `StreamOptions.format` says. */
  readonly audio: Audio;
  /**
   * When its first sample was recorded, not when it arrived. Seconds of any clock; the first one that a stream is told lies
   * where its audio does. Times that go back by more than 0.1 s are the error `AUDIO_INVALID`.
   */
  readonly time: number;
}

/**
 * A piece of live audio: {@link Pcm} of any rate and length, or samples or bytes as `StreamOptions.format` says; alone, or
 * with its time.
 */
export type AudioChunk = Pcm | Float32Array | Uint8Array | TimedChunk;

/** Live audio: what yields chunks as they come. A Node readable of bytes is one. */
export type AudioStreamSource = AsyncIterable<AudioChunk> | ReadableStream<AudioChunk>;

/** When an utterance ends; the three rules of sherpa-onnx and Kaldi. Seconds. */
export interface EndpointOptions {
  /** Silence with nothing said. Default 2.4. */
  readonly silenceWithoutSpeech?: number;
  /**
   * Silence after speech. Default 0.5; for CTC models with streaming graphs 1.2, because their labels are spikes with blanks
   * in between.
   */
  readonly silenceAfterSpeech?: number;
  /** Longest utterance. Default 20. */
  readonly maxLength?: number;
}

/** Options of `stream` and `openStream`; those of {@link TranscribeOptions} mean the same, none is ignored. */
export interface StreamOptions extends Pick<
  TranscribeOptions,
  'language' | 'task' | 'timestamps' | 'prompt' | 'decoding' | 'signal'
> {
  /**
   * Tells where somebody speaks, as in `transcribe`; `maxPause` is the pause from which on what comes before it is concluded,
   * default 0.6 s.
   * Default: an adaptive gate by level, which takes all that is clearly louder than the last seconds' background for speech.
   * Models with streaming graphs listen to everything and refuse it.
   */
  readonly vad?: NonNullable<TranscribeOptions['vad']>;
  /** Of chunks that are no {@link Pcm}. */
  readonly format?: ChunkFormat;
  /** `dictation` (default) goes on after an endpoint; `utterance` ends the stream with the first, as for commands. */
  readonly mode?: 'dictation' | 'utterance';
  /** `false`: utterances end with the audio and `flush()` only. */
  readonly endpoint?: EndpointOptions | false;
  /** Whether `partial` events are wanted. Without them models that don't stream decode each utterance once. Default true. */
  readonly partials?: boolean;
}
