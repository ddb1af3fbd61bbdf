import { findEditPath } from './edit-path.js';

/** A run of equal operations that turn the reference into the hypothesis. Ends are exclusive. */
export interface AlignmentChunk {
  /** What happened to the items of the reference; `insert` has none of them, `delete` none of the hypothesis. */
  readonly type: 'equal' | 'substitute' | 'delete' | 'insert';
  /** Index of its first item in the reference. */
  readonly referenceStart: number;
  /** Index behind its last item in the reference. */
  readonly referenceEnd: number;
  /** Index of its first item in the hypothesis. */
  readonly hypothesisStart: number;
  /** Index behind its last item in the hypothesis. */
  readonly hypothesisEnd: number;
}

/**
 * A minimal alignment of two sequences, as runs of operations in order; together they cover both sequences.
 *
 * Every minimal alignment has the same number of errors; which one is chosen is jiwer's (RapidFuzz's) choice.
 * Time is O(n · m / 32); memory stays near 1 MiB plus a few dozen bytes per item, so an hour of speech works
 * by words or by characters.
 *
 * @param reference What was said. Items are compared with `===`.
 * @param hypothesis What was recognised.
 */
export function alignSequences<T>(reference: readonly T[], hypothesis: readonly T[]): AlignmentChunk[] {
  const ids = new Map<T, number>();
  const toId = (item: T): number => {
    const known = ids.get(item);
    if (known !== undefined) return known;
    ids.set(item, ids.size);
    return ids.size - 1;
  };
  const from = Int32Array.from(reference, toId);
  const to = Int32Array.from(hypothesis, toId);
  const { deleted, inserted } = findEditPath(from, to, ids.size);

  const chunks: Array<{ -readonly [Key in keyof AlignmentChunk]: AlignmentChunk[Key] }> = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    // A deletion beside an insertion never is minimal (a substitution is cheaper), so their order is free.
    const type = deleted[i] ? 'delete' : inserted[j] ? 'insert' : from[i] === to[j] ? 'equal' : 'substitute';
    let chunk = chunks.at(-1);
    if (chunk?.type !== type) {
      chunk = { type, referenceStart: i, referenceEnd: i, hypothesisStart: j, hypothesisEnd: j };
      chunks.push(chunk);
    }
    if (type !== 'insert') i++;
    if (type !== 'delete') j++;
    chunk.referenceEnd = i;
    chunk.hypothesisEnd = j;
  }
  return chunks;
}
