import { type ComplexPass, planComplexFft } from './complex-fft-plan.js';

/**
 * Discrete Fourier transform of real sequences of one even length whose half has only the factors 2, 3 and 5
 * (400, 512, 320, 1024 …), in double precision.
 *
 * Even and odd samples form one complex sequence of half the length, transformed by mixed-radix passes and then
 * untangled. All tables and buffers are made once: a call allocates nothing, so one instance serves one caller at
 * a time (it isn't re-entrant, which synchronous code never notices).
 */
export class RealFft {
  /** Number of real samples per transform. */
  readonly length: number;
  /** Number of spectrum bins, `length / 2 + 1`. */
  readonly bins: number;
  readonly #passes: readonly ComplexPass[];
  /** Where the complex transform leaves its bins k and length/2 − k, for k = 0 … length/4, interleaved. */
  readonly #order: Int32Array;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  /** exp(−2πi·k / length) for k = 0 … length/4, interleaved. */
  readonly #roots: Float64Array;

  /** @throws {RangeError} when `length` is odd, below 4, or `length / 2` has a prime factor above 5. */
  constructor(length: number) {
    const half = length / 2;
    const plan = Number.isSafeInteger(half) && half >= 2 ? planComplexFft(half) : undefined;
    if (plan === undefined) {
      throw new RangeError(
        `FFT length ${length} can't be transformed: it must be even, at least 4, with no prime factor above 5 (400, 512, 320 …).`,
      );
    }
    this.length = length;
    this.bins = half + 1;
    this.#passes = plan.passes;
    this.#a = new Float64Array(length);
    this.#b = new Float64Array(length);
    const pairs = Math.floor(half / 2) + 1;
    this.#roots = new Float64Array(2 * pairs);
    this.#order = new Int32Array(2 * pairs);
    for (let k = 0; k < pairs; k++) {
      this.#roots[2 * k] = Math.cos((2 * Math.PI * k) / length);
      this.#roots[2 * k + 1] = -Math.sin((2 * Math.PI * k) / length);
      this.#order[2 * k] = 2 * plan.position(k);
      this.#order[2 * k + 1] = 2 * plan.position((half - k) % half);
    }
  }

  /**
   * Writes the spectrum `X[k] = Σ input[n]·exp(−2πi·k·n / length)` of bins 0 … length/2 to `re` and `im`.
   *
   * @param input `length` samples; left unchanged.
   */
  transform(input: Float64Array, re: Float64Array, im: Float64Array): void {
    const z = this.#run(input);
    const half = this.bins - 1;
    const roots = this.#roots;
    const order = this.#order;
    re[0] = z[0]! + z[1]!;
    im[0] = 0;
    re[half] = z[0]! - z[1]!;
    im[half] = 0;
    for (let k = 1; 2 * k <= half; k++) {
      const i = order[2 * k]!;
      const j = order[2 * k + 1]!;
      const wr = roots[2 * k]!;
      const wi = roots[2 * k + 1]!;
      // E ± w·O, where E and O are the transforms of the even and the odd samples (both doubled here).
      const er = z[i]! + z[j]!;
      const ei = z[i + 1]! - z[j + 1]!;
      const or = z[i + 1]! + z[j + 1]!;
      const oi = z[j]! - z[i]!;
      const tr = or * wr - oi * wi;
      const ti = or * wi + oi * wr;
      re[k] = 0.5 * (er + tr);
      im[k] = 0.5 * (ei + ti);
      re[half - k] = 0.5 * (er - tr);
      im[half - k] = 0.5 * (ti - ei);
    }
  }

  /**
   * Writes the power spectrum `|X[k]|²` of bins 0 … length/2 to `power`.
   *
   * @param input `length` samples; left unchanged.
   */
  power(input: Float64Array, power: Float64Array): void {
    const z = this.#run(input);
    const half = this.bins - 1;
    const roots = this.#roots;
    const order = this.#order;
    const dc = z[0]! + z[1]!;
    const nyquist = z[0]! - z[1]!;
    power[0] = dc * dc;
    power[half] = nyquist * nyquist;
    for (let k = 1; 2 * k <= half; k++) {
      const i = order[2 * k]!;
      const j = order[2 * k + 1]!;
      const wr = roots[2 * k]!;
      const wi = roots[2 * k + 1]!;
      const er = z[i]! + z[j]!;
      const ei = z[i + 1]! - z[j + 1]!;
      const or = z[i + 1]! + z[j + 1]!;
      const oi = z[j]! - z[i]!;
      const tr = or * wr - oi * wi;
      const ti = or * wi + oi * wr;
      const ur = er + tr;
      const ui = ei + ti;
      const vr = er - tr;
      const vi = ei - ti;
      power[k] = 0.25 * (ur * ur + ui * ui);
      power[half - k] = 0.25 * (vr * vr + vi * vi);
    }
  }

  #run(input: Float64Array): Float64Array {
    let from = input;
    let to = this.#a;
    for (const pass of this.#passes) {
      pass(from, to);
      from = to;
      to = from === this.#a ? this.#b : this.#a;
    }
    return from;
  }
}
