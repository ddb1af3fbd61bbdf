/** A warping path: `rows[i]` is paired with `columns[i]`; both never decrease and step by at most 1. */
export interface WarpingPath {
  /** Row of each step; never falls. */
  readonly rows: Int32Array;
  /** Column of each step; never falls. As long as `rows`. */
  readonly columns: Int32Array;
}

/** The step that led to a cell. */
const DIAGONAL = 0;
const UP = 1;
const LEFT = 2;

/**
 * The cheapest monotonic path from the first to the last cell of a cost matrix (dynamic time warping).
 *
 * Sums are float32 and ties are broken as in openai/whisper `timing.py`: the diagonal only if it is strictly
 * cheaper than both others, else up only if strictly cheaper than both, else left.
 *
 * @param cost Row-major `rows × columns`; rows are tokens, columns are frames.
 */
export function dynamicTimeWarping(cost: Float32Array, rows: number, columns: number): WarpingPath {
  if (rows < 1 || columns < 1 || cost.length < rows * columns) {
    throw new RangeError(`cost must hold rows × columns = ${rows} × ${columns} values, got ${cost.length}`);
  }
  const steps = new Uint8Array(rows * columns);
  // One row of sums, with the border column at 0. Borders are infinite but for the corner.
  const sums = new Float32Array(columns + 1).fill(Infinity);
  sums[0] = 0;
  for (let row = 0; row < rows; row++) {
    let diagonal = sums[0];
    sums[0] = Infinity;
    let left = Infinity;
    const offset = row * columns;
    for (let column = 0; column < columns; column++) {
      const up = sums[column + 1]!;
      let best = left;
      let step = LEFT;
      if (diagonal < up && diagonal < left) {
        best = diagonal;
        step = DIAGONAL;
      } else if (up < diagonal && up < left) {
        best = up;
        step = UP;
      }
      left = Math.fround(cost[offset + column]! + best);
      steps[offset + column] = step;
      sums[column + 1] = left;
      diagonal = up;
    }
  }
  return traceBack(steps, rows, columns);
}

function traceBack(steps: Uint8Array, rows: number, columns: number): WarpingPath {
  const longest = rows + columns - 1;
  const pathRows = new Int32Array(longest);
  const pathColumns = new Int32Array(longest);
  let at = longest;
  let row = rows - 1;
  let column = columns - 1;
  while (true) {
    at--;
    pathRows[at] = row;
    pathColumns[at] = column;
    if (row === 0 && column === 0) break;
    const step = row === 0 ? LEFT : column === 0 ? UP : steps[row * columns + column];
    if (step !== LEFT) row--;
    if (step !== UP) column--;
  }
  return { rows: pathRows.subarray(at), columns: pathColumns.subarray(at) };
}
