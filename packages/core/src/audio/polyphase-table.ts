/**
 * Design of the anti-alias filter: a sinc with a Kaiser window.
 *
 * As fractions of the lower Nyquist frequency, the pass band ends at 0.91 and the stop band starts at 1, the same
 * band edges as soxr's HQ setting. Beta and length are Kaiser's formulas for that attenuation and transition
 * (J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974).
 */
const STOP_BAND_DB = 110;
const PASS_BAND_EDGE = 0.91;
const KAISER_BETA = 0.1102 * (STOP_BAND_DB - 8.7);
const CUTOFF = (1 + PASS_BAND_EDGE) / 2;
/** Half of the filter's length, in samples of the lower rate. */
const HALF_LENGTH = (STOP_BAND_DB - 7.95) / (14.36 * ((1 - PASS_BAND_EDGE) / 2)) / 2;

/** Above this many coefficients a table holds a grid of phases to interpolate in, not one row per phase. */
const MAX_COEFFICIENTS = 1 << 18;
/** Grid points per sample of the lower rate: linear interpolation then errs by less than −115 dB. */
const GRID_DENSITY = 1024;

/**
 * The polyphase filter of one ratio. Output `k` lies at input time `k·step/phases`; with
 * `c = floor(k·step/phases)` it is the dot product of `coefficients` row `(k·step mod phases)` with the inputs
 * `c − taps/2 + 1 … c + taps/2`.
 */
export interface PolyphaseTable {
  /** Output samples per period (numerator of the reduced ratio `to/from`). */
  readonly phases: number;
  /** Input samples per period (its denominator). */
  readonly step: number;
  /** Coefficients per row; even. */
  readonly taps: number;
  /** Rows in use: `phases`, or with `interpolated` the grid's intervals (there is one more row than that). */
  readonly rows: number;
  /** Whether rows are a grid over one input sample, to be interpolated linearly. */
  readonly interpolated: boolean;
  /** Row-major `[rows (+1), taps]`. */
  readonly coefficients: Float64Array;
}

/** Tables used last; none is larger than 3 MB. */
const cache = new Map<string, PolyphaseTable>();
const CACHE_SIZE = 8;

/** The table that converts `from` Hz to `to` Hz; made once per ratio and shared. */
export function polyphaseTable(from: number, to: number): PolyphaseTable {
  const divisor = greatestCommonDivisor(from, to);
  const phases = to / divisor;
  const step = from / divisor;
  const key = `${phases}/${step}`;
  const table = cache.get(key) ?? makeTable(phases, step);
  cache.delete(key);
  cache.set(key, table);
  if (cache.size > CACHE_SIZE) cache.delete(cache.keys().next().value!);
  return table;
}

function makeTable(phases: number, step: number): PolyphaseTable {
  const scale = Math.min(1, phases / step);
  const halfLength = HALF_LENGTH / scale;
  const half = Math.ceil(halfLength);
  const taps = 2 * half;
  const interpolated = phases * taps > MAX_COEFFICIENTS;
  const rows = interpolated ? Math.ceil(GRID_DENSITY * scale) : phases;
  const coefficients = new Float64Array((interpolated ? rows + 1 : rows) * taps);
  for (let row = 0; row * taps < coefficients.length; row++) {
    fillRow(
      coefficients.subarray(row * taps, (row + 1) * taps),
      row / rows - 1 + half,
      halfLength,
      CUTOFF * scale,
    );
  }
  return { phases, step, taps, rows, interpolated, coefficients };
}

/** Samples the filter around `centre` (a fractional index of the row) and gives it unit gain at 0 Hz. */
function fillRow(row: Float64Array, centre: number, halfLength: number, cutoff: number): void {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const time = i - centre;
    row[i] = sinc(cutoff * time) * kaiser(time / halfLength);
    sum += row[i]!;
  }
  for (let i = 0; i < row.length; i++) row[i]! /= sum;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Kaiser window (not normalised) over −1…1. */
function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x));
}

/** Modified Bessel function of order 0, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
