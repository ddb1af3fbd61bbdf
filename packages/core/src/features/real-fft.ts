import { planPasses, type RadixPass } from './radix-passes.js';

interface Stage {
  readonly run: RadixPass;
  readonly m: number;
  readonly s: number;
  readonly twiddles: Float64Array;
}

/**
 * Discrete Fourier transform of real sequences of one even length whose half has only the factors 2, 3 and 5
 * (400, 512, 320, 1024 …), in double precision.
 *
 * Even and odd samples form one complex sequence of half the length, transformed by mixed-radix Stockham passes and
 * then untangled. All tables and buffers are made once: a call allocates nothing, so one instance serves one caller at
 * a time (it isn't re-entrant, which synchronous code never notices).
 */
export class RealFft {
  /** Number of real samples per transform. */
  readonly length: number;
  /** Number of spectrum bins, `length / 2 + 1`. */
  readonly bins: number;
  readonly #stages: readonly Stage[];
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  /** exp(−2πi·k / length) for k = 0 … length/4, interleaved. */
  readonly #roots: Float64Array;

  /** @throws {RangeError} when `length` is odd, below 4, or `length / 2` has a prime factor above 5. */
  constructor(length: number) {
    const half = length / 2;
    const passes = Number.isSafeInteger(half) && half >= 2 ? planPasses(half) : undefined;
    if (passes === undefined) {
      throw new RangeError(
        `FFT length ${length} can't be transformed: it must be even, at least 4, with no prime factor above 5 (400, 512, 320 …).`,
      );
    }
    this.length = length;
    this.bins = half + 1;
    const stages: Stage[] = [];
    let s = 1;
    for (const { radix, run } of passes) {
      const n = half / s;
      const m = n / radix;
      stages.push({ run, m, s, twiddles: stageTwiddles(radix, m) });
      s *= radix;
    }
    this.#stages = stages;
    this.#a = new Float64Array(length);
    this.#b = new Float64Array(length);
    this.#roots = new Float64Array(2 * (Math.floor(half / 2) + 1));
    for (let k = 0; k < this.#roots.length / 2; k++) {
      this.#roots[2 * k] = Math.cos((2 * Math.PI * k) / length);
      this.#roots[2 * k + 1] = -Math.sin((2 * Math.PI * k) / length);
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
    re[0] = z[0]! + z[1]!;
    im[0] = 0;
    re[half] = z[0]! - z[1]!;
    im[half] = 0;
    for (let k = 1, i = 2, j = 2 * half - 2; i <= j; k++, i += 2, j -= 2) {
      // E ± w·O, where E and O are the transforms of the even and the odd samples (both doubled here).
      const er = z[i]! + z[j]!;
      const ei = z[i + 1]! - z[j + 1]!;
      const or = z[i + 1]! + z[j + 1]!;
      const oi = z[j]! - z[i]!;
      const tr = or * roots[i]! - oi * roots[i + 1]!;
      const ti = or * roots[i + 1]! + oi * roots[i]!;
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
    const dc = z[0]! + z[1]!;
    const nyquist = z[0]! - z[1]!;
    power[0] = dc * dc;
    power[half] = nyquist * nyquist;
    for (let k = 1, i = 2, j = 2 * half - 2; i <= j; k++, i += 2, j -= 2) {
      const er = z[i]! + z[j]!;
      const ei = z[i + 1]! - z[j + 1]!;
      const or = z[i + 1]! + z[j + 1]!;
      const oi = z[j]! - z[i]!;
      const tr = or * roots[i]! - oi * roots[i + 1]!;
      const ti = or * roots[i + 1]! + oi * roots[i]!;
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
    for (const { run, m, s, twiddles } of this.#stages) {
      run(from, to, m, s, twiddles);
      from = to;
      to = from === this.#a ? this.#b : this.#a;
    }
    return from;
  }
}

function stageTwiddles(radix: number, m: number): Float64Array {
  const twiddles = new Float64Array(2 * m * (radix - 1));
  let i = 0;
  for (let p = 0; p < m; p++) {
    for (let k = 1; k < radix; k++) {
      const angle = (-2 * Math.PI * k * p) / (radix * m);
      twiddles[i++] = Math.cos(angle);
      twiddles[i++] = Math.sin(angle);
    }
  }
  return twiddles;
}
