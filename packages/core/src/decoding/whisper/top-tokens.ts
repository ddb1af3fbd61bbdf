/** The `size` largest entries of a row, kept sorted by insertion: one sweep, as few rows have many large entries. */
export class TopTokens {
  readonly ids: Int32Array;
  readonly logits: Float64Array;
  /** How many were found; fewer than asked for when the rest is −Infinity. */
  count = 0;

  constructor(size: number) {
    this.ids = new Int32Array(size);
    this.logits = new Float64Array(size);
  }

  /** Fills `ids` and `logits`, largest first; the lower id of equals comes first. */
  select(row: Float32Array): void {
    const { ids, logits } = this;
    const size = ids.length;
    let count = 0;
    let least = -Infinity;
    let id = 0;
    while (id < row.length) {
      let logit = 0;
      // Nearly all entries stop here; a loop of its own keeps them cheap.
      for (; id < row.length; id++) {
        logit = row[id]!;
        if (logit > least) break;
      }
      if (id === row.length) break;
      let at = count < size ? count++ : size - 1;
      while (at > 0 && logits[at - 1]! < logit) {
        ids[at] = ids[at - 1]!;
        logits[at] = logits[at - 1]!;
        at--;
      }
      ids[at] = id++;
      logits[at] = logit;
      if (count === size) least = logits[size - 1]!;
    }
    this.count = count;
  }
}
