/**
 * One step that feature rows pass after their computation.
 *
 * - `global-norm`: (x + shift) · scale per column, with statistics of the training data.
 * - `utterance-norm`: (x − mean) / deviation over the utterance, per `column` or over all `values`; `unbiased` divides
 *   the squared differences by n − 1; the deviation is max(√(variance + varianceEpsilon) + epsilon, minimum). The variance
 *   of fewer than two values counts as 0. `scale: false` only subtracts the mean.
 * - `peak-floor`: values more than `range` below the utterance's largest are raised to that.
 * - `low-frame-rate`: every `skip`-th row, stacked with its neighbours to `stack` rows (end rows are repeated).
 * - `context`: every row with `before` rows before and `after` rows after it (zeros past the ends).
 */
export type RowStageConfig =
  | { readonly type: 'global-norm'; readonly shift: Float32Array; readonly scale: Float32Array }
  | {
      readonly type: 'utterance-norm';
      readonly over: 'column' | 'values';
      readonly scale: boolean;
      readonly unbiased: boolean;
      readonly varianceEpsilon: number;
      readonly epsilon: number;
      readonly minimum: number;
    }
  | { readonly type: 'peak-floor'; readonly range: number }
  | { readonly type: 'low-frame-rate'; readonly stack: number; readonly skip: number }
  | { readonly type: 'context'; readonly before: number; readonly after: number };

/** A step in progress: rows in, rows out, in order, with what must wait kept inside. */
export interface RowStage {
  /** Width of the rows that come out. */
  readonly bins: number;
  /** Takes whole rows (and may reuse their array); returns the rows that are now final. */
  push(rows: Float32Array): Float32Array;
  /** Returns the rows that waited for the end. */
  finish(): Float32Array;
}
