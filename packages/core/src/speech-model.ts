import type { AudioInput } from './audio/pcm.js';
import type { DownloadOptions } from './hub/download-options.js';
import type {
  ExecutionProvider,
  InferenceBackend,
  ProviderFallback,
  ThreadChoice,
  SessionOptions,
} from './inference/backend.js';
import type { Vad, VadOptions } from './vad/vad.js';
import type { SpeechStream } from './streaming/speech-stream.js';
import type { StreamEvent } from './streaming/stream-events.js';
import type { AudioStreamSource, StreamOptions } from './streaming/stream-options.js';
import type { Segment, Transcript } from './transcript/transcript.js';
import type { CtcModelConfig } from './models/ctc/config.js';
import type { CtcDecoding } from './models/ctc/options.js';
import type { TransducerDecoding } from './models/transducer/options.js';
import type { WhisperDecoding } from './models/whisper/options.js';

/** What `loadModel` reports while it works. */
export type LoadProgress =
  | {
      /** A file is being fetched. */
      readonly type: 'download';
      /** Its name in the model. */
      readonly file: string;
      /** Bytes that have come. */
      readonly loaded: number;
      /** Bytes altogether, where the server says. */
      readonly total: number | undefined;
    }
  | {
      /** A graph is about to be loaded into the runtime. */
      readonly type: 'session';
      /** Its name in the model. */
      readonly file: string;
    }
  | {
      /** The model can be used. */
      readonly type: 'ready';
    };

/**
 * Precision of a model's weights, as file names tell it: `_q4f16` is 4 bits beside half floats, `_bnb4` 4 bits by bitsandbytes. Not
 * every runtime has kernels for each.
 */
export type Quantization = 'fp32' | 'fp16' | 'int8' | 'uint8' | 'q4' | 'q4f16' | 'bnb4';

/** Options of `loadModel`. */
export interface LoadOptions extends Pick<SessionOptions, 'provider' | 'threads' | 'graphOptimization'> {
  /** Which of several precisions in the source to take. Default: the first of int8, uint8, fp32, fp16 that is there, else one of 4 bits. */
  readonly quantization?: Quantization;
  /** Run inference outside the calling thread, so an event loop stays responsive. Default: the platform's (see its docs). */
  readonly offThread?: boolean;
  /**
   * Copies of the model, each on a backend of its own, 1 to 16: calls that are under way at once, and the windows between pauses of
   * a recording (Whisper with `vad`), are shared out among them. `threads` is of each copy, and 1 unless it is stated; the
   * weights are in memory once for each. Needs inference outside the calling thread. Default 1.
   */
  readonly replicas?: number;
  /** Describes a CTC model whose layout the SDK doesn't know, or knows otherwise; nothing is detected then. */
  readonly ctc?: CtcModelConfig;
  /** How a model that lies on a server is fetched and kept. */
  readonly download?: DownloadOptions;
  /** A backend of one's own; it stays the caller's and is not disposed with the model. */
  readonly backend?: InferenceBackend;
  /** Aborts the loading, which then rejects with `signal.reason` and leaves nothing behind. */
  readonly signal?: AbortSignal;
  /** Told what is being fetched and loaded. Keep it quick: it is called for every piece that comes. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What a loaded model is and how that was found out. Plain data. */
export interface ModelInfo {
  /** `whisper`, … */
  readonly family: string;
  /** Graph layout inside the family: `fast`, `huggingface-merged`, … */
  readonly layout: string;
  /** Where the files came from. */
  readonly origin: string;
  /** Files in use. */
  readonly files: readonly string[];
  /** Why this family and layout were chosen, one sentence. */
  readonly detection: string;
  /** Backend and provider that run the graphs. */
  readonly backend: string;
  /** What runs the encoder, or the one graph there is. */
  readonly provider: ExecutionProvider;
  /** Preferred providers that could not be used, and why. */
  readonly fallbacks: readonly ProviderFallback[];
  /** Threads of the backend, and why that many; absent where its runtime chooses for each graph. */
  readonly threads?: ThreadChoice;
  /** Languages the model can be asked for; absent when the model doesn't know languages. */
  readonly languages?: readonly string[];
}

/** Done so far of a transcription, in seconds of audio. */
export interface TranscribeProgress {
  /** Done, from 0 to `duration`. */
  readonly seconds: number;
  /** Length of the audio. */
  readonly duration: number;
}

/** Options that every family understands or rejects with `OPTION_UNSUPPORTED`; none is ignored. */
export interface TranscribeOptions {
  /** Language code or English name, or `auto` (default for multilingual models). */
  readonly language?: string;
  /** Default `transcribe`; `translate` is into English. */
  readonly task?: 'transcribe' | 'translate';
  /** Default `segment`. `none` lets Whisper decode without timestamp tokens. */
  readonly timestamps?: 'none' | 'segment' | 'word';
  /** Text that precedes the audio, as context for spelling and style (Whisper). */
  readonly prompt?: string;
  /**
   * What to do with audio of several channels. `mix` transcribes their average. `separate` transcribes each on its own, as
   * for telephone calls with a party per channel: segments say their `channel`, and `transcript.channels` has a transcript
   * of each. Mono audio is one channel. Default `mix`.
   */
  readonly channels?: 'mix' | 'separate';
  /**
   * Transcribes speech only: a detector from `loadVad`, alone or with thresholds. Long audio is cut at pauses and packed
   * into windows, silence is left out, and times are those of the recording (Whisper). Default: all audio is transcribed.
   */
  readonly vad?: Vad | VadOptions;
  /** Family-specific decoding. */
  readonly decoding?: WhisperDecoding | CtcDecoding | TransducerDecoding;
  /** Checked between session runs; the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Told how much is done, whenever a window (Whisper) or a chunk (CTC) is. */
  readonly onProgress?: (progress: TranscribeProgress) => void;
}

/** A loaded model. Several `transcribe` calls may be under way at once. */
export interface SpeechModel extends AsyncDisposable {
  /** What was loaded, from where, and what runs it. */
  readonly info: ModelInfo;
  /**
   * Audio to text, whole files of any length.
   *
   * @throws AsrError `AUDIO_UNSUPPORTED`, `AUDIO_INVALID`, `OPTION_UNSUPPORTED`, `BACKEND_FAILED`, `DISPOSED`.
   */
  transcribe(audio: AudioInput, options?: TranscribeOptions): Promise<Transcript>;
  /**
   * The segments of `transcribe`, each as soon as it will not change any more. With `channels: 'separate'` those of all
   * channels come by start time. Leaving the loop early, or `return()`, ends the work and frees what it held.
   *
   * Options are checked and audio is read when the first segment is asked for.
   *
   * @throws What `transcribe` rejects with, from `next()`.
   */
  segments(audio: AudioInput, options?: TranscribeOptions): AsyncGenerator<Segment, void, undefined>;
  /**
   * Text while somebody speaks: events for audio that comes in chunks of any length, see {@link StreamEvent}. Leaving the
   * loop early, or `return()`, ends the source and frees what the stream held. Several streams may run at once.
   *
   * Options are checked and the source is read when the first event is asked for.
   *
   * @throws From `next()`: TypeError, RangeError for options and chunks that can't be; the source's own error, after the
   *   events of the audio before it; AsrError `AUDIO_INVALID`, `OPTION_UNSUPPORTED`, `BACKEND_FAILED`, `DISPOSED`.
   */
  stream(source: AudioStreamSource, options?: StreamOptions): AsyncGenerator<StreamEvent, void, undefined>;
  /**
   * The same for callers that are called back with audio: a stream to `write` to. Dispose it.
   *
   * @throws TypeError, RangeError for options that can't be; AsrError `OPTION_UNSUPPORTED`, `DISPOSED`; the signal's reason.
   */
  openStream(options?: StreamOptions): SpeechStream;
  /** Frees the model's sessions and ends its streams. Idempotent; calls after it throw `DISPOSED`. */
  dispose(): Promise<void>;
}
