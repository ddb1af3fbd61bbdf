import type { ModelFiles } from '../hub/model-files.js';
import type { InferenceBackend } from '../inference/backend.js';
import type { Platform } from '../platform.js';
import type { LoadOptions, SpeechModel } from '../speech-model.js';
import type { FamilyInspection, InspectContext } from './inspection.js';

/** Whether a family can use a set of files, and the sentence that says why. */
export type Detection =
  { readonly matches: true; readonly reason: string } | { readonly matches: false; readonly reason: string };

/** What a family gets to build a model from. */
export interface FamilyContext {
  /** What the source holds. */
  readonly files: ModelFiles;
  /** Sessions are created through this; `loadModel` disposes them again when `load` rejects. */
  readonly backend: InferenceBackend;
  /** More backends, for copies of the model; none unless `replicas` were asked for. */
  readonly moreBackends: readonly InferenceBackend[];
  /** Frees the backend if `loadModel` made it; a family calls it at the end of its model's `dispose()`. */
  readonly release: () => Promise<void>;
  /** For reading audio in `transcribe`. */
  readonly platform: Platform;
  /** As `loadModel` got them; an option that the family can't honour is an error. */
  readonly options: LoadOptions;
}

/** A kind of model (Whisper, wav2vec2, …): how its files are recognised and turned into a {@link SpeechModel}. */
export interface Family {
  /** `whisper`, …; becomes `model.info.family`. */
  readonly name: string;
  /** Whether `load` makes use of `moreBackends`. Default false: `replicas` is refused. */
  readonly replicable?: boolean;
  /** Looks at names and small configuration files only. */
  detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection>;
  /**
   * Says what `load` would do, for `inspectModel`: reads small files, and graphs through `readGraph`. Absent: models of
   * the family can't be inspected.
   */
  inspect?(context: InspectContext): Promise<FamilyInspection>;
  /**
   * Opens the files that `detect` recognised.
   *
   * @throws AsrError `MODEL_INVALID` for damaged or contradicting files, `MODEL_UNSUPPORTED`, `OPTION_UNSUPPORTED`,
   *   `BACKEND_UNAVAILABLE`, `BACKEND_FAILED`; `signal.reason` when aborted.
   */
  load(context: FamilyContext): Promise<SpeechModel>;
}
