import type {
  ModelInfo,
  ModelLimits,
  ModelRecommendation,
  NoiseCondition,
  PooledScore,
  TextNormalizerName,
  UtteranceScore,
} from '@org/asr-node';

/** A group of utterances and their errors. */
export interface GroupScore {
  /** The language, or the condition. */
  readonly group: string;
  readonly score: PooledScore;
}

/** Errors under noise. */
export interface NoiseScore extends NoiseCondition {
  readonly score: PooledScore;
}

/** What a candidate made of an utterance. */
export interface UtteranceReport extends UtteranceScore {
  readonly id: string;
  readonly noise?: NoiseCondition;
  /** As the model wrote it. */
  readonly hypothesis: string;
  readonly wordErrorRate: number;
  readonly computeSeconds: number;
  readonly firstResultSeconds: number;
  /** Why the runtime failed on it. */
  readonly error?: string;
}

/** A candidate that was measured. Accuracy and speed are of recordings as they are, without noise. */
export interface MeasuredCandidate {
  readonly name: string;
  readonly model: string;
  readonly info: ModelInfo;
  /** Bytes of the model's files in use. */
  readonly size?: number;
  readonly loadSeconds: number;
  readonly warmUpSeconds: number;
  /** Median over utterances. */
  readonly firstResultSeconds: number;
  /** Seconds of audio per second of computing. */
  readonly speed: number;
  /** Seconds of computing per second of audio: 1 / speed. */
  readonly realTimeFactor: number;
  /** Bytes. */
  readonly peakMemory: number;
  /** Utterances that the runtime failed on. */
  readonly failures: number;
  readonly score: PooledScore;
  readonly byLanguage: readonly GroupScore[];
  readonly byCondition: readonly GroupScore[];
  readonly byNoise: readonly NoiseScore[];
  readonly utterances: readonly UtteranceReport[];
}

/** A candidate that could not be measured. */
export interface FailedCandidate {
  readonly name: string;
  readonly model: string;
  readonly error: string;
}

/** What `evaluate` and `compare` find; the content of `report.json`. Plain data. */
export interface EvaluationReport {
  readonly version: 1;
  /** When it was made, ISO 8601. */
  readonly created: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    /** Bytes. */
    readonly memory: number;
    readonly system: string;
    readonly node: string;
    readonly sdk: string;
  };
  readonly settings: {
    readonly normalizer: TextNormalizerName;
    readonly confidence: number;
    readonly seed: number;
    readonly detectLanguage: boolean;
  };
  readonly set: {
    readonly paths: readonly string[];
    readonly utterances: number;
    readonly seconds: number;
    readonly words: number;
    readonly languages: readonly string[];
    readonly conditions: readonly string[];
    readonly noise: readonly NoiseCondition[];
  };
  readonly candidates: readonly MeasuredCandidate[];
  readonly failed: readonly FailedCandidate[];
  /** What was said, by utterance, in the order of the set. */
  readonly utterances: readonly {
    readonly id: string;
    readonly language?: string;
    readonly condition?: string;
    readonly reference: string;
  }[];
  /** Of `compare`. */
  readonly recommendation?: ModelRecommendation & {
    /** What was asked for. */
    readonly limits: ModelLimits & { readonly languages?: readonly string[] };
    /** The recommendation in words. */
    readonly sentences: readonly string[];
  };
}
