/** What every mel filter bank is made from. */
export interface MelGeometry {
  /** Number of mel bins (filters). */
  readonly filters: number;
  /** FFT length the spectrum comes from; it has `fftLength / 2 + 1` bins. */
  readonly fftLength: number;
  /** Sample rate in Hz. */
  readonly sampleRate: number;
  /** Lower edge of the first filter, in Hz. */
  readonly lowFrequency: number;
  /** Upper edge of the last filter, in Hz. */
  readonly highFrequency: number;
}

/** `count` numbers from one to another, both included. */
export function linearSpace(from: number, to: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** Height of a triangle over `left` … `right` whose top, 1, is at `centre`. */
export function triangle(x: number, left: number, centre: number, right: number): number {
  return Math.max(0, Math.min((x - left) / (centre - left), (right - x) / (right - centre)));
}
