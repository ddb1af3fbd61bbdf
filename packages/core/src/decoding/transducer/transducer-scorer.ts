/**
 * What a transducer search asks of a model with a stateless decoder (Ghodsi et al. 2020; k2/icefall, sherpa-onnx): how likely
 * each label is in a frame, behind the last labels. No session in here, so that the searches can be used with any runtime.
 */
export interface TransducerScorer<Frame> {
  /** Labels that the decoder looks back on. */
  readonly contextSize: number;
  /**
   * Natural log-probabilities of all labels, [contexts, labels] row-major.
   *
   * @param frame One frame of the encoder's output.
   * @param contexts The last `contextSize` labels of each hypothesis; −1 stands for none.
   */
  score(frame: Frame, contexts: readonly (readonly number[])[]): Promise<Float32Array>;
}

/** Frames of an encoder's output in order, as they come. */
export type EncodedFrames<Frame> = Iterable<Frame> | AsyncIterable<Frame>;

/** Labels that mean something to a search. */
export interface TransducerLabels {
  /** Index of the blank label. */
  readonly blank: number;
  /** Index of the label of unknown words, which is never written. Default: none. */
  readonly unknown?: number;
}

/** The context of an empty hypothesis: nothing, then the blank, as models are trained. */
export function startContext(contextSize: number, blank: number): readonly number[] {
  return [...Array.from<number>({ length: contextSize - 1 }).fill(-1), blank];
}
