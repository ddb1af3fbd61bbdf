import type { ModelFile } from '../../../hub/model-files.js';
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
  /**
   * Loads a graph.
   *
   * @param deviceOutputs The outputs that are only fed back.
   * @param change Gives the file that is loaded in place of the graph's own, for a graph that is loaded again later.
   */
  createSession(
    file: string,
    deviceOutputs: readonly string[],
    change?: (file: ModelFile) => ModelFile,
  ): Promise<InferenceSession>;
}

/** The opened graphs of one layout: what `SessionWhisperGraphs` needs to run them. */
export interface WhisperLayout {
  /** All that are to be disposed; none once that was done. */
  readonly sessions: InferenceSession[];
  readonly encoder: {
    /** Another one once short windows are allowed. */
    session: InferenceSession;
    readonly input: string;
    readonly type: FloatType;
    /** Outputs that decoding needs. */
    readonly outputs: readonly string[];
    readonly melBins: number;
    /** Window lengths that the encoder takes, in mel frames. */
    frames: FrameRange;
    /** Opens an encoder of a fixed length again so that it takes any up to that; absent where nobody knows how, or it was done. */
    openFreed?: () => Promise<InferenceSession>;
    /** Settles when the encoder is not being replaced any more; never rejects. */
    freeing?: Promise<unknown>;
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
