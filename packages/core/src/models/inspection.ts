import type { ModelFiles } from '../hub/model-files.js';
import type { TensorInfo } from '../inference/backend.js';
import type { Quantization } from '../speech-model.js';
import type { OnnxMetadata } from './onnx-metadata.js';

/** Something that `transcribe`, `stream` or, for texts, `align` may be asked for. */
export type FeatureName =
  | 'segment timestamps'
  | 'word timestamps'
  | 'language detection'
  | 'translation'
  | 'streaming'
  | 'prompt'
  | 'hotwords'
  | 'language model'
  | 'text alignment';

/** Whether a model can do something. */
export interface ModelFeature {
  readonly name: FeatureName;
  /** `unknown` where a file that tells would have to be fetched first. */
  readonly supported: boolean | 'unknown';
  /** Why; what is missing where it is not supported. */
  readonly reason: string;
}

/** A file of the source. */
export interface InspectedFile {
  /** Path inside the model. */
  readonly name: string;
  /** In bytes, where it is known. */
  readonly size?: number;
  /** Whether loading the model reads it. */
  readonly used: boolean;
  /** What it is for, or why it is left alone. */
  readonly reason: string;
}

/** What a graph takes and gives. */
export interface InspectedSignature {
  /** Path inside the model. */
  readonly name: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/** What a family says about a model without loading it. */
export interface FamilyInspection {
  /** Graph layout inside the family. */
  readonly layout: string;
  /** Why this layout and these graphs, one sentence. */
  readonly detection: string;
  /** Precision of the graphs, where their names tell. */
  readonly quantization?: Quantization;
  /** The graphs that would run. */
  readonly graphs: readonly string[];
  /** Files with their weights. */
  readonly externalData: readonly string[];
  /** From samples to features, in words. */
  readonly frontEnd: string;
  /** Rate of the audio that the model takes, in Hz. */
  readonly sampleRate: number;
  /** What the model writes with; absent where a file that tells would have to be fetched first. */
  readonly vocabulary?: {
    /** `byte-level BPE`, `labels`. */
    readonly kind: string;
    /** Number of tokens or labels. */
    readonly size: number;
  };
  /** Codes of the languages that it can be asked for; absent when it doesn't know languages. */
  readonly languages?: readonly string[];
  readonly features: readonly ModelFeature[];
}

/** What a family inspects. */
export interface InspectContext {
  readonly files: ModelFiles;
  readonly options: { readonly quantization?: Quantization; readonly signal?: AbortSignal };
  /** What a graph says about itself; undefined when it would have to be fetched and the caller did not want that. */
  readonly readGraph: (name: string) => Promise<OnnxMetadata | undefined>;
}
