import { planPasses, type RadixPass } from './radix-passes.js';
import { radix5Last, radix8 } from './twiddle-free-passes.js';

/** One pass over interleaved complex numbers, from the first buffer to the second. */
export type ComplexPass = (from: Float64Array, to: Float64Array) => void;

export interface ComplexFftPlan {
  /** To be run in order, each on the output of the one before. */
  readonly passes: readonly ComplexPass[];
  /** Index at which the last pass leaves bin k. */
  readonly position: (bin: number) => number;
}

/**
 * How to transform complex sequences of one length; `undefined` if it has a prime factor above 5.
 *
 * Where the length is 8 times an odd number q (200 for frames of 400 samples), Good and Thomas's prime-factor mapping
 * joins a transform of 8 and one of q without any twiddles between them: input n = q·n₁ + 8·n₂, output k is found at
 * k mod 8 and k mod q. Other lengths go through Stockham's passes, in natural order.
 */
export function planComplexFft(length: number): ComplexFftPlan | undefined {
  const eighth = length / 8;
  if (eighth % 2 === 1 && eighth > 1) {
    const passes = stockhamPasses(eighth, 8);
    if (passes === undefined) return undefined;
    const inputs = Int32Array.from(
      { length },
      (_, i) => 2 * ((eighth * (i % 8) + 8 * Math.floor(i / 8)) % length),
    );
    return {
      passes: [(from, to) => radix8(from, to, inputs, 16, 2), ...passes],
      position: (bin) => 8 * (bin % eighth) + (bin % 8),
    };
  }
  const passes = stockhamPasses(length, 1);
  return passes === undefined ? undefined : { passes, position: (bin) => bin };
}

/** Passes that transform `batch` interleaved sequences of `length`. */
function stockhamPasses(length: number, batch: number): readonly ComplexPass[] | undefined {
  // A last pass needs no twiddles, so the widest butterfly is worth most there.
  const last = length % 8 === 0 && batch === 1 ? 8 : 1;
  const plan = planPasses(length / last);
  if (plan === undefined) return undefined;
  const passes: ComplexPass[] = [];
  let s = batch;
  for (const { radix, run } of plan) {
    const m = (length * batch) / (s * radix);
    passes.push(stockhamPass(m === 1 && radix === 5 ? radix5Last : run, m, s, radix));
    s *= radix;
  }
  if (last === 8) {
    const step = 2 * s;
    const inputs = Int32Array.from({ length: 8 * s }, (_, i) => 2 * Math.floor(i / 8) + (i % 8) * step);
    passes.push((from, to) => radix8(from, to, inputs, 2, step));
  }
  return passes;
}

function stockhamPass(run: RadixPass, m: number, s: number, radix: number): ComplexPass {
  const twiddles = stageTwiddles(radix, m);
  return (from, to) => run(from, to, m, s, twiddles);
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
