/**
 * Every failure the SDK can name, as a closed set.
 *
 * - `MODEL_NOT_FOUND`: the source holds no file that was looked for.
 * - `MODEL_UNSUPPORTED`: the files are there but no family (or layout) can use them.
 * - `MODEL_INVALID`: a model, tokenizer or configuration file is damaged or contradicts another.
 * - `DOWNLOAD_FAILED`: a file could not be fetched or failed verification.
 * - `AUDIO_UNSUPPORTED`: a container, codec or sample format that can't be decoded here.
 * - `AUDIO_INVALID`: audio that claims a format but breaks its rules (truncated header, no samples field…).
 * - `DATASET_INVALID`: a set of recordings with transcripts whose manifest or files break their rules.
 * - `AUDIO_UNAVAILABLE`: a microphone that can't be had, or was lost.
 * - `OPTION_UNSUPPORTED`: an option that this model, family or platform can't honour.
 * - `BACKEND_UNAVAILABLE`: the runtime or an execution provider that was asked for is not there.
 * - `BACKEND_FAILED`: the runtime refused a model or a run; `cause` holds its error.
 * - `STREAM_OVERRUN`: live audio was written much faster than it is decoded, without waiting.
 * - `DISPOSED`: use after `dispose()`.
 */
export type AsrErrorCode =
  | 'MODEL_NOT_FOUND'
  | 'MODEL_UNSUPPORTED'
  | 'MODEL_INVALID'
  | 'DOWNLOAD_FAILED'
  | 'AUDIO_UNSUPPORTED'
  | 'AUDIO_INVALID'
  | 'DATASET_INVALID'
  | 'AUDIO_UNAVAILABLE'
  | 'OPTION_UNSUPPORTED'
  | 'BACKEND_UNAVAILABLE'
  | 'BACKEND_FAILED'
  | 'STREAM_OVERRUN'
  | 'DISPOSED';

const MARKER = Symbol.for('@org/asr.error');

/**
 * The one error class of the SDK. Its message names the file, tensor or option, what was expected,
 * what was found and what to do.
 *
 * Wrong argument types are plain `TypeError`/`RangeError`; an aborted call rejects with `signal.reason`.
 */
export class AsrError extends Error {
  /** Always `AsrError`. */
  override readonly name = 'AsrError';
  /** What went wrong, for programs; the message is for people and may change. */
  readonly code: AsrErrorCode;

  /** @param options.cause The error of the runtime or library that led to this one. */
  constructor(code: AsrErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** True for an `AsrError` of any copy of this package (ESM beside CJS, two installed versions). */
  static isInstance(value: unknown): value is AsrError {
    return typeof value === 'object' && value !== null && MARKER in value;
  }
}
