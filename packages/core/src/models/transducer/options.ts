interface CommonTransducerDecoding {
  /** Seconds between two words that begin a new segment. Default 0.8, as for CTC models. */
  readonly segmentPause?: number;
}

/** The likeliest label of every frame. The default of transducers. */
export interface TransducerGreedyDecoding extends CommonTransducerDecoding {
  /** The likeliest label of every frame, at most one a frame. */
  readonly type: 'transducer-greedy';
}

/** Modified beam search: at most one label a frame, equal label sequences added up. */
export interface TransducerBeamDecoding extends CommonTransducerDecoding {
  /** Several hypotheses side by side. */
  readonly type: 'transducer-beam';
  /** Hypotheses kept after every frame, 1 to 100. Default 4, as in sherpa-onnx. */
  readonly beamWidth?: number;
  /** Texts to return in `transcript.nBest`, best first; 1 to `beamWidth`. Default: none but the transcript itself. */
  readonly nBest?: number;
}

/** Decoding options of transducers. */
export type TransducerDecoding = TransducerGreedyDecoding | TransducerBeamDecoding;
