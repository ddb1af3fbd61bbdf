import type { TokenScorer } from '../../decoding/whisper/token-scorer.js';

/** The encoder and decoder of a Whisper checkpoint, whatever the layout of its ONNX files. */
export interface WhisperGraphs extends AsyncDisposable {
  /** `fast`, `huggingface-merged`, `huggingface-split`, `sherpa`. */
  readonly layout: string;
  /** Mel bins that the encoder takes: 80 or 128. */
  readonly melBins: number;
  /** Width of a row of logits. */
  readonly vocabularySize: number;
  /** Longest token history, prompt included (448 in every published checkpoint). */
  readonly maxTokens: number;
  /** Whether `DecoderRun.alignment` can be had, and if not, what the files lack. */
  readonly alignment: { readonly available: true } | { readonly available: false; readonly reason: string };
  /** Windows that can be worked on at once. Default 1. */
  readonly copies?: number;
  /** Whether `encode` takes windows of any length up to 30 s as the graphs were loaded, and not of 30 s alone. */
  readonly takesShortWindows: boolean;
  /**
   * Makes `encode` take windows of any length up to 30 s where it doesn't: Hugging Face's encoders are opened anew, rewritten, in place
   * of the one that was loaded. Calls of `encode` may go on meanwhile.
   *
   * @param signal Ends the wait; the encoder is opened all the same.
   * @throws AsrError `OPTION_UNSUPPORTED` where the graphs can't be made to, with what stands against it, and what
   * the backend throws; the encoder is as it was then.
   */
  allowShortWindows(signal?: AbortSignal): Promise<void>;
  /**
   * Runs the encoder on one window.
   *
   * @param features Log-mel, `melBins × frames` row-major; 3000 frames for 30 s.
   */
  encode(features: Float32Array, frames: number): Promise<EncodedAudio>;
  /** Frees the sessions. Idempotent; windows and decoders must be disposed before. */
  dispose(): Promise<void>;
}

/** One encoded window. Decoders started from it must be disposed before it is. */
export interface EncodedAudio {
  /** Encoder positions (20 ms each). */
  readonly frames: number;
  /**
   * A decoder with an empty history.
   *
   * @param withAlignment Whether its `alignment` will be asked for; that of a prompt takes megabytes. Default true.
   */
  startDecoder(withAlignment?: boolean): DecoderRun;
  /** Frees the encoder's output. Idempotent. */
  dispose(): void;
}

/** One decoding of one window: a {@link TokenScorer} with a key/value cache. */
export interface DecoderRun extends TokenScorer {
  /**
   * Cross-attention probabilities of the alignment heads for the positions appended last:
   * `heads × n × frames`, for one row; valid as long as the logits of that call. Rejects with `OPTION_UNSUPPORTED` when the graphs
   * have no such output, with a RangeError when the decoder was started without.
   */
  alignment(): Promise<{
    readonly data: Float32Array;
    readonly heads: number;
    readonly tokens: number;
    readonly frames: number;
  }>;
  /** Frees the cache and the logits of the last call. Idempotent. */
  dispose(): void;
}
