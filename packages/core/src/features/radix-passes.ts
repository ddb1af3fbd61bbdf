/**
 * One pass of a Stockham (self-sorting, decimation in frequency) FFT, per radix.
 *
 * Complex numbers are interleaved: `x[2i]` real, `x[2i + 1]` imaginary. A pass over sub-transforms of length
 * `n = radix · m`, of which `s` lie interleaved in the buffer, reads `x[q + s(p + m·j)]` and writes
 * `y[q + s(radix·p + k)]`, multiplied by the twiddle `exp(−2πi·k·p / n)`.
 * `twiddles` holds, for each p, the `radix − 1` factors for k = 1, 2, …
 * Reference: C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", 1992, §1.7.
 *
 * These loops are the hot core of every front end, hence long and unrolled by hand.
 */
export type RadixPass = (
  x: Float64Array,
  y: Float64Array,
  m: number,
  s: number,
  twiddles: Float64Array,
) => void;

/** (cos 72° − cos 144°) / 2; their mean is −1/4. */
const COS_STEP = Math.sqrt(5) / 4;
const SIN_72 = Math.sin((2 * Math.PI) / 5);
const SIN_144 = Math.sin((4 * Math.PI) / 5);
const SIN_60 = Math.sqrt(3) / 2;

const radix2: RadixPass = (x, y, m, s, twiddles) => {
  const step = 2 * s;
  const half = 2 * s * m;
  for (let p = 0; p < m; p++) {
    const wr = twiddles[2 * p]!;
    const wi = twiddles[2 * p + 1]!;
    let i = p * step;
    let o = 2 * p * step;
    for (const end = i + step; i < end; i += 2, o += 2) {
      const ar = x[i]!;
      const ai = x[i + 1]!;
      const br = x[i + half]!;
      const bi = x[i + half + 1]!;
      const dr = ar - br;
      const di = ai - bi;
      y[o] = ar + br;
      y[o + 1] = ai + bi;
      y[o + step] = dr * wr - di * wi;
      y[o + step + 1] = dr * wi + di * wr;
    }
  }
};

const radix3: RadixPass = (x, y, m, s, twiddles) => {
  const step = 2 * s;
  const third = 2 * s * m;
  for (let p = 0; p < m; p++) {
    const w1r = twiddles[4 * p]!;
    const w1i = twiddles[4 * p + 1]!;
    const w2r = twiddles[4 * p + 2]!;
    const w2i = twiddles[4 * p + 3]!;
    let i = p * step;
    let o = 3 * p * step;
    for (const end = i + step; i < end; i += 2, o += 2) {
      const ar = x[i]!;
      const ai = x[i + 1]!;
      const br = x[i + third]!;
      const bi = x[i + third + 1]!;
      const cr = x[i + 2 * third]!;
      const ci = x[i + 2 * third + 1]!;
      const tr = br + cr;
      const ti = bi + ci;
      const mr = ar - 0.5 * tr;
      const mi = ai - 0.5 * ti;
      const sr = SIN_60 * (bi - ci);
      const si = SIN_60 * (cr - br);
      const ur = mr + sr;
      const ui = mi + si;
      const vr = mr - sr;
      const vi = mi - si;
      y[o] = ar + tr;
      y[o + 1] = ai + ti;
      y[o + step] = ur * w1r - ui * w1i;
      y[o + step + 1] = ur * w1i + ui * w1r;
      y[o + 2 * step] = vr * w2r - vi * w2i;
      y[o + 2 * step + 1] = vr * w2i + vi * w2r;
    }
  }
};

const radix4: RadixPass = (x, y, m, s, twiddles) => {
  const step = 2 * s;
  const quarter = 2 * s * m;
  for (let p = 0; p < m; p++) {
    const w1r = twiddles[6 * p]!;
    const w1i = twiddles[6 * p + 1]!;
    const w2r = twiddles[6 * p + 2]!;
    const w2i = twiddles[6 * p + 3]!;
    const w3r = twiddles[6 * p + 4]!;
    const w3i = twiddles[6 * p + 5]!;
    let i = p * step;
    let o = 4 * p * step;
    for (const end = i + step; i < end; i += 2, o += 2) {
      const ar = x[i]!;
      const ai = x[i + 1]!;
      const br = x[i + quarter]!;
      const bi = x[i + quarter + 1]!;
      const cr = x[i + 2 * quarter]!;
      const ci = x[i + 2 * quarter + 1]!;
      const dr = x[i + 3 * quarter]!;
      const di = x[i + 3 * quarter + 1]!;
      const acr = ar + cr;
      const aci = ai + ci;
      const amr = ar - cr;
      const ami = ai - ci;
      const bdr = br + dr;
      const bdi = bi + di;
      // −i·(b − d)
      const jr = bi - di;
      const ji = dr - br;
      const ur = amr + jr;
      const ui = ami + ji;
      const vr = acr - bdr;
      const vi = aci - bdi;
      const tr = amr - jr;
      const ti = ami - ji;
      y[o] = acr + bdr;
      y[o + 1] = aci + bdi;
      y[o + step] = ur * w1r - ui * w1i;
      y[o + step + 1] = ur * w1i + ui * w1r;
      y[o + 2 * step] = vr * w2r - vi * w2i;
      y[o + 2 * step + 1] = vr * w2i + vi * w2r;
      y[o + 3 * step] = tr * w3r - ti * w3i;
      y[o + 3 * step + 1] = tr * w3i + ti * w3r;
    }
  }
};

const radix5: RadixPass = (x, y, m, s, twiddles) => {
  const step = 2 * s;
  const fifth = 2 * s * m;
  for (let p = 0; p < m; p++) {
    const w1r = twiddles[8 * p]!;
    const w1i = twiddles[8 * p + 1]!;
    const w2r = twiddles[8 * p + 2]!;
    const w2i = twiddles[8 * p + 3]!;
    const w3r = twiddles[8 * p + 4]!;
    const w3i = twiddles[8 * p + 5]!;
    const w4r = twiddles[8 * p + 6]!;
    const w4i = twiddles[8 * p + 7]!;
    let i = p * step;
    let o = 5 * p * step;
    for (const end = i + step; i < end; i += 2, o += 2) {
      const ar = x[i]!;
      const ai = x[i + 1]!;
      const br = x[i + fifth]!;
      const bi = x[i + fifth + 1]!;
      const cr = x[i + 2 * fifth]!;
      const ci = x[i + 2 * fifth + 1]!;
      const dr = x[i + 3 * fifth]!;
      const di = x[i + 3 * fifth + 1]!;
      const er = x[i + 4 * fifth]!;
      const ei = x[i + 4 * fifth + 1]!;
      const ber = br + er;
      const bei = bi + ei;
      const cdr = cr + dr;
      const cdi = ci + di;
      const bmr = br - er;
      const bmi = bi - ei;
      const cmr = cr - dr;
      const cmi = ci - di;
      const sumr = ber + cdr;
      const sumi = bei + cdi;
      const mr = ar - 0.25 * sumr;
      const mi = ai - 0.25 * sumi;
      const stepr = COS_STEP * (ber - cdr);
      const stepi = COS_STEP * (bei - cdi);
      const m1r = mr + stepr;
      const m1i = mi + stepi;
      const m2r = mr - stepr;
      const m2i = mi - stepi;
      // −i · (sin72·(b−e) + sin144·(c−d)) and −i · (sin144·(b−e) − sin72·(c−d))
      const s1r = SIN_72 * bmi + SIN_144 * cmi;
      const s1i = -(SIN_72 * bmr + SIN_144 * cmr);
      const s2r = SIN_144 * bmi - SIN_72 * cmi;
      const s2i = SIN_72 * cmr - SIN_144 * bmr;
      const u1r = m1r + s1r;
      const u1i = m1i + s1i;
      const u2r = m2r + s2r;
      const u2i = m2i + s2i;
      const u3r = m2r - s2r;
      const u3i = m2i - s2i;
      const u4r = m1r - s1r;
      const u4i = m1i - s1i;
      y[o] = ar + sumr;
      y[o + 1] = ai + sumi;
      y[o + step] = u1r * w1r - u1i * w1i;
      y[o + step + 1] = u1r * w1i + u1i * w1r;
      y[o + 2 * step] = u2r * w2r - u2i * w2i;
      y[o + 2 * step + 1] = u2r * w2i + u2i * w2r;
      y[o + 3 * step] = u3r * w3r - u3i * w3i;
      y[o + 3 * step + 1] = u3r * w3i + u3i * w3r;
      y[o + 4 * step] = u4r * w4r - u4i * w4i;
      y[o + 4 * step + 1] = u4r * w4i + u4i * w4r;
    }
  }
};

/**
 * The passes that turn a complex sequence of `length` into its DFT, first to last; `undefined` if it has other factors
 * than 2, 3 and 5.
 */
export function planPasses(length: number): readonly { radix: number; run: RadixPass }[] | undefined {
  const passes: { radix: number; run: RadixPass }[] = [];
  let rest = length;
  for (const [radix, run] of [
    [5, radix5],
    [3, radix3],
    [4, radix4],
    [2, radix2],
  ] as const) {
    while (rest % radix === 0) {
      rest /= radix;
      passes.push({ radix, run });
    }
  }
  return rest === 1 ? passes : undefined;
}
