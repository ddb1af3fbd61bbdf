import { EditRows } from './edit-rows.js';

/** Which symbols an optimal alignment leaves without a partner. All others pair off in order. */
export interface EditPath {
  /** 1 where a reference symbol is deleted. */
  readonly deleted: Uint8Array;
  /** 1 where a hypothesis symbol is inserted. */
  readonly inserted: Uint8Array;
}

/** Bits of matrix above which the problem is halved: 1 MiB, RapidFuzz's bound. */
const MATRIX_BITS = 8 * 1024 * 1024;

/**
 * A minimal edit path, with unit costs.
 *
 * Ties are broken as RapidFuzz 3 (behind jiwer) breaks them: common ends are set aside, then from the end a
 * deletion is preferred to an insertion, and an insertion that is reached by a falling row to a substitution.
 * Problems whose traceback would need more than 1 MiB are halved by Hirschberg's method at the same place.
 *
 * Time is O(n · m / 32). Memory is about 1 MiB plus a few dozen bytes per symbol, so texts of any length work:
 * an hour of speech is about 10 000 words or 60 000 characters.
 *
 * @param reference Symbol ids, 0 … symbols − 1.
 * @param hypothesis Symbol ids, 0 … symbols − 1.
 */
export function findEditPath(reference: Int32Array, hypothesis: Int32Array, symbols: number): EditPath {
  const path = {
    deleted: new Uint8Array(reference.length),
    inserted: new Uint8Array(hypothesis.length),
  };
  solve(
    { values: reference, flags: path.deleted },
    { values: hypothesis, flags: path.inserted },
    symbols,
    Number.POSITIVE_INFINITY,
  );
  return path;
}

/** A stretch of one text with the flags that the path sets for it. */
interface Side {
  readonly values: Int32Array;
  readonly flags: Uint8Array;
}

function cut(side: Side, start: number, end: number): Side {
  return { values: side.values.subarray(start, end), flags: side.flags.subarray(start, end) };
}

/** @param known An upper bound of the distance. */
function solve(wholeReference: Side, wholeHypothesis: Side, symbols: number, known: number): void {
  const [reference, hypothesis] = withoutCommonEnds(wholeReference, wholeHypothesis);
  const columns = reference.values.length;
  const rows = hypothesis.values.length;
  if (rows === 0) {
    reference.flags.fill(1);
    return;
  }
  if (columns === 0) {
    hypothesis.flags.fill(1);
    return;
  }
  const limit = Math.min(known, Math.max(columns, rows));
  const band = Math.min(columns, 2 * limit + 1);
  if (2 * band * rows < MATRIX_BITS || columns < 65 || rows < 10) {
    traceBack(reference, hypothesis, symbols, limit);
    return;
  }
  const half = rows >> 1;
  const split = splitReference(reference.values, hypothesis.values, half, symbols, limit);
  solve(cut(reference, 0, split.at), cut(hypothesis, 0, half), symbols, split.before);
  solve(cut(reference, split.at, columns), cut(hypothesis, half, rows), symbols, split.after);
}

function withoutCommonEnds(reference: Side, hypothesis: Side): [Side, Side] {
  const a = reference.values;
  const b = hypothesis.values;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let aEnd = a.length;
  let bEnd = b.length;
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  return [cut(reference, start, aEnd), cut(hypothesis, start, bEnd)];
}

/** Computes all rows, keeps them, and walks back from the last cell. */
function traceBack(reference: Side, hypothesis: Side, symbols: number, limit: number): void {
  const rows = new EditRows(reference.values, symbols, limit);
  const { width } = rows;
  const count = hypothesis.values.length;
  const firsts = new Int32Array(count);
  const rises = new Int32Array(count * width);
  const falls = new Int32Array(count * width);
  for (let row = 0; row < count; row++) {
    rows.advance(hypothesis.values[row]!);
    firsts[row] = rows.first;
    rises.set(rows.rises.subarray(rows.first, rows.first + width), row * width);
    falls.set(rows.falls.subarray(rows.first, rows.first + width), row * width);
  }
  const isSet = (bits: Int32Array, row: number, column: number): boolean =>
    (bits[row * width + (column >>> 5) - firsts[row]!]! & (1 << (column & 31))) !== 0;

  let column = reference.values.length;
  let row = count;
  while (row > 0 && column > 0) {
    if (isSet(rises, row - 1, column - 1)) {
      reference.flags[--column] = 1;
      continue;
    }
    row--;
    if (row > 0 && isSet(falls, row - 1, column - 1)) hypothesis.flags[row] = 1;
    else column--;
  }
  reference.flags.fill(1, 0, column);
  hypothesis.flags.fill(1, 0, row);
}

/** Where a minimal path crosses row `half`: the leftmost such column, and the distances before and after. */
function splitReference(
  reference: Int32Array,
  hypothesis: Int32Array,
  half: number,
  symbols: number,
  limit: number,
): { at: number; before: number; after: number } {
  const columns = reference.length;
  const forward = lastRow(reference, hypothesis.subarray(0, half), symbols, limit);
  const backward = lastRow(reference.toReversed(), hypothesis.subarray(half).toReversed(), symbols, limit);
  let at = 0;
  for (let column = 1; column <= columns; column++) {
    if (forward[column]! + backward[columns - column]! < forward[at]! + backward[columns - at]!) at = column;
  }
  return { at, before: forward[at]!, after: backward[columns - at]! };
}

function lastRow(reference: Int32Array, hypothesis: Int32Array, symbols: number, limit: number): Int32Array {
  const rows = new EditRows(reference, symbols, limit);
  for (const symbol of hypothesis) rows.advance(symbol);
  return rows.distances(reference.length);
}
