/**
 * Sliding median over one row, in place of the row's values, with reflected ends. Does nothing when the row is
 * too short to reflect (`length ≤ width / 2`), as openai/whisper `timing.py` has it.
 *
 * @param values Row-major rows; only `start … start + length` is read and written.
 * @param width Window size, odd.
 */
export function medianFilter(values: Float32Array, start: number, length: number, width: number): void {
  if (!Number.isInteger(width) || width < 1 || width % 2 === 0) {
    throw new RangeError(`width must be a positive odd integer, got ${width}`);
  }
  const half = width >> 1;
  if (half === 0 || length <= half) return;
  const padded = new Float32Array(length + 2 * half);
  padded.set(values.subarray(start, start + length), half);
  for (let i = 1; i <= half; i++) {
    padded[half - i] = values[start + i]!;
    padded[half + length - 1 + i] = values[start + length - 1 - i]!;
  }
  // A sorted window: one value leaves and one enters per step. Insertion beats sorting for such widths.
  const window = padded.slice(0, width).sort();
  for (let i = 0; ; i++) {
    values[start + i] = window[half]!;
    if (i + 1 === length) return;
    replaceSorted(window, padded[i]!, padded[i + width]!);
  }
}

function replaceSorted(window: Float32Array, leaving: number, entering: number): void {
  let at = 0;
  while (window[at]! < leaving) at++;
  while (at + 1 < window.length && window[at + 1]! < entering) {
    window[at] = window[at + 1]!;
    at++;
  }
  while (at > 0 && window[at - 1]! > entering) {
    window[at] = window[at - 1]!;
    at--;
  }
  window[at] = entering;
}
