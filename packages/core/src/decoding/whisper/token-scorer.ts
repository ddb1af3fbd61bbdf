/**
 * What a Whisper search needs from a model: feed tokens, get logits. Searches, rules and the seek loop work
 * against this alone, so they run on synthetic logits in tests and on sessions of one's own.
 */
export interface TokenScorer {
  /** Width of a row of logits. */
  readonly vocabularySize: number;
  /**
   * Appends `tokens` to the history of every row and scores them.
   *
   * @param tokens Token ids, `rows × n` row-major; every row gets the same number of tokens.
   * @param rows Number of rows. A history of one row may be continued by more: it is copied to all of them.
   * @param from First of the `n` positions whose logits are wanted; `n - 1` for the last alone.
   * @returns Raw logits, `rows × (n - from) × vocabularySize`. The caller may overwrite them; they are valid
   * until the next call and until the scorer is disposed: their memory is used again or freed then.
   */
  append(tokens: readonly number[] | Int32Array, rows: number, from: number): Promise<Float32Array>;
  /** Makes row `i` continue the history of row `parents[i]`; `parents` may be shorter or longer than the rows there are. */
  select(parents: readonly number[]): Promise<void>;
}
