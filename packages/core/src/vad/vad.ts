import type { AudioInput } from '../audio/pcm.js';
import type { ExecutionProvider, ProviderFallback } from '../inference/backend.js';
import type { SpeechSegmenterOptions } from './segmenter-options.js';
import type { SpeechEvent, SpeechSpan } from './speech-segmenter.js';

/** What a loaded voice activity detector is. Plain data. */
export interface VadInfo {
  /** `silero`. */
  readonly family: string;
  /** Form of the graph: `sequence` takes many windows in a run, `window` one. */
  readonly layout: 'sequence' | 'window';
  /** Where the files came from. */
  readonly origin: string;
  /** The graph in use. */
  readonly file: string;
  /** Name and version of the runtime. */
  readonly backend: string;
  /** What runs the graph. */
  readonly provider: ExecutionProvider;
  /** Preferred providers that could not be used, and why. */
  readonly fallbacks: readonly ProviderFallback[];
}

/** What a long call of a detector takes besides. */
export interface VadCallOptions {
  /** Checked between session runs; the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Told the seconds of audio that are done, after every session run. */
  readonly onProgress?: (progress: { readonly seconds: number; readonly duration: number }) => void;
}

/** Options of `detect`. */
export interface DetectSpeechOptions extends SpeechSegmenterOptions, VadCallOptions {}

/** How a transcription looks for speech. Thresholds that are left out have the defaults of `TranscribeOptions.vad`. */
export interface VadOptions extends SpeechSegmenterOptions {
  /** What `loadVad` returned. It stays the caller's. */
  readonly model: Vad;
  /**
   * Longer silence between two words is shortened to this many seconds before it is transcribed. From 0. Default 0.5: a
   * model needs some silence to end a sentence.
   */
  readonly maxPause?: number;
}

/** A loaded voice activity detector: tells where in a recording somebody speaks. Calls may overlap. */
export interface Vad extends AsyncDisposable {
  /** What was loaded, from where, and what runs it. */
  readonly info: VadInfo;
  /**
   * Finds the speech of a recording of any length, in order and without overlap.
   *
   * @throws AsrError `AUDIO_UNSUPPORTED`, `AUDIO_INVALID`, `BACKEND_FAILED`, `DISPOSED`; TypeError, RangeError naming the
   *   option that can't be.
   */
  detect(audio: AudioInput, options?: DetectSpeechOptions): Promise<readonly SpeechSpan[]>;
  /**
   * How probable speech is in every window of 512 samples at 16 kHz (32 ms), the last one filled up with silence. Feed
   * them to `segmentSpeech` to try several thresholds on one recording.
   *
   * @throws As `detect`.
   */
  probabilities(audio: AudioInput, options?: VadCallOptions): Promise<Float32Array>;
  /** Starts detection in audio that is still coming in. */
  stream(options?: SpeechSegmenterOptions): VadStream;
  /** Frees the model and its streams. Idempotent; calls after it throw `DISPOSED`. */
  dispose(): Promise<void>;
}

/**
 * Detection in audio that comes in chunks of any size. The events are those of `SpeechSegmenter`, and together they are
 * the spans that `detect` finds in the whole. Calls may overlap; they are served in order.
 */
export interface VadStream extends AsyncDisposable {
  /** Whether the last window counts as speech. It may still turn out to be too short to be told. */
  readonly speaking: boolean;
  /**
   * @param samples Mono, 16 kHz; copied, so the array may be reused at once.
   * @returns What became certain by them.
   * @throws TypeError for anything but a `Float32Array`; AsrError `AUDIO_INVALID` for samples that are no numbers,
   *   `BACKEND_FAILED`, after which the stream is of no more use, `DISPOSED`.
   */
  push(samples: Float32Array): Promise<readonly SpeechEvent[]>;
  /** Ends the audio, and speech that is under way with it. The stream is disposed after it. */
  finish(): Promise<readonly SpeechEvent[]>;
  /** Frees the stream's memory. Idempotent; calls after it throw `DISPOSED`. */
  dispose(): Promise<void>;
}
