/** Where feature rows come from: samples in, rows of `bins` values out. */
export interface RowSource {
  readonly bins: number;
  /** Number of samples so far. */
  readonly samples: number;
  /** Takes the next samples and returns the rows they complete. */
  push(samples: Float32Array): Float32Array;
  /** Returns the rows that reach past the end. */
  finish(): Float32Array;
}
