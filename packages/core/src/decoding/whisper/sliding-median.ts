/**
 * Sliding median of 7 over integers, without a branch that depends on the data: on attention such branches are
 * mispredicted all the time, and this filter is most of what word timing costs.
 *
 * Neighbouring windows share six values. The middle two of these, `low ≤ high`, bound both medians: the median
 * of the six and another value is that value clamped to `low … high`.
 *
 * @param padded `length + 7` values: three before, `length`, four after (the last is read but has no effect).
 * Any two must differ by less than 2³¹.
 * @param medians Receives `length` values.
 */
export function slidingMedianOfSeven(padded: Int32Array, medians: Int32Array, length: number): void {
  for (let i = 0; i < length; i += 2) {
    let a = padded[i + 1]!;
    let b = padded[i + 2]!;
    let c = padded[i + 3]!;
    let d = padded[i + 4]!;
    let e = padded[i + 5]!;
    let f = padded[i + 6]!;
    let lower = 0;
    // With t = min(0, x − y): min(x, y) = y + t and max(x, y) = x − t. Sort a, b, c and d, e, f.
    lower = below(a, b);
    a = (a - lower) | 0;
    b = (b + lower) | 0;
    lower = below(a, c);
    a = (a - lower) | 0;
    c = (c + lower) | 0;
    lower = below(b, c);
    b = (b - lower) | 0;
    c = (c + lower) | 0;
    lower = below(d, e);
    d = (d - lower) | 0;
    e = (e + lower) | 0;
    lower = below(d, f);
    d = (d - lower) | 0;
    f = (f + lower) | 0;
    lower = below(e, f);
    e = (e - lower) | 0;
    f = (f + lower) | 0;
    // Now a ≥ b ≥ c and d ≥ e ≥ f. Third and fourth smallest of the two sorted triples.
    const low = min(min(a, d), min(max(b, f), max(c, e)));
    const high = min(min(max(a, f), max(d, c)), max(b, e));
    medians[i] = min(high, max(low, padded[i]!));
    // Beyond the end where the length is odd: typed arrays ignore it.
    medians[i + 1] = min(high, max(low, padded[i + 7]!));
  }
}

/** min(0, x − y) */
function below(x: number, y: number): number {
  const difference = (x - y) | 0;
  return difference & (difference >> 31);
}

function min(x: number, y: number): number {
  return (y + below(x, y)) | 0;
}

function max(x: number, y: number): number {
  return (x - below(x, y)) | 0;
}
