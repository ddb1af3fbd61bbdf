import type { InferenceSession } from '../../../inference/backend.js';
import type { Tensor } from '../../../inference/tensor.js';
import type { WhisperConfig } from '../config.js';
import type { DecoderState } from './decoder-run.js';
import type { FloatType } from './rows.js';

/** What a layout opens its graphs with. */
export interface LayoutContext {
  readonly config: WhisperConfig;
  /** File names by role. */
  readonly files: { readonly encoder: string; readonly decoder: string; readonly decoderWithPast?: string };
  /** Loads a graph. `deviceOutputs` are the outputs that are only fed back. */
  createSession(file: string, deviceOutputs: readonly string[]): Promise<InferenceSession>;
}

/** The opened graphs of one layout: what `SessionWhisperGraphs` needs to run them. */
export interface WhisperLayout {
  readonly sessions: readonly InferenceSession[];
  readonly encoder: {
    readonly session: InferenceSession;
    readonly input: string;
    readonly type: FloatType;
    /** Outputs that decoding needs. */
    readonly outputs: readonly string[];
    readonly melBins: number;
    /** Window lengths that the encoder takes, in mel frames. */
    readonly frames: FrameRange;
  };
  readonly vocabularySize: number;
  readonly maxTokens: number;
  /** Why cross-attention can't be had; absent when it can. */
  readonly noAlignment: string | undefined;
  /** Encoder positions in the encoder's outputs. */
  countFrames(encoded: Readonly<Record<string, Tensor>>): number;
  /**
   * @param encoded The encoder's outputs; they stay the caller's.
   * @param withAttention Whether steps of one row give out the attention of the alignment heads.
   */
  startDecoder(encoded: Readonly<Record<string, Tensor>>, withAttention: boolean): DecoderState;
}

/** `fixed`: one length only. `max`: any length up to it. Neither: not known before the graph is run. */
interface FrameRange {
  readonly fixed?: number | undefined;
  readonly max?: number | undefined;
}
