import type { Pcm } from './audio/pcm.js';
import type { DownloadOptions } from './hub/download-options.js';
import type { ModelFiles, ModelSource } from './hub/model-files.js';
import type { InferenceBackend } from './inference/backend.js';
import type { LoadProgress } from './speech-model.js';

/** What opening a model source may need. */
export interface OpenModelOptions {
  /** How models are fetched and kept. A platform that doesn't fetch refuses it. */
  readonly download?: DownloadOptions;
  /** Aborts listing and fetching; the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Told how far files have been fetched; see `LoadOptions.onProgress`. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What a runtime environment supplies to core; `packages/node` and `packages/web` implement it. */
export interface Platform {
  /** `node` or `web`. */
  readonly name: string;
  /**
   * Makes the platform's default backend. Loads the runtime on first use, never at import.
   * @param options.offThread Run inference outside the caller's thread; see `LoadOptions.offThread`.
   */
  createBackend(options: { readonly offThread?: boolean }): Promise<InferenceBackend>;
  /** Opens a model source. @throws AsrError `MODEL_NOT_FOUND`, `DOWNLOAD_FAILED`. */
  openModel(source: ModelSource, options: OpenModelOptions): Promise<ModelFiles>;
  /** Reads a path or URL that holds audio. Absent where there is no such thing. */
  readAudioFile?(location: string | URL, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Decodes a container other than WAV (core reads WAV itself), channels kept.
   * @throws AsrError `AUDIO_UNSUPPORTED`, `AUDIO_INVALID`.
   */
  decodeAudio(bytes: Uint8Array, signal?: AbortSignal): Promise<Pcm>;
}
