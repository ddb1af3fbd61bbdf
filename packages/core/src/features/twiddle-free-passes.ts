import type { RadixPass } from './radix-passes.js';

// Not imported from the other passes: read through a module binding, they made this pass ten times slower.
/** (cos 72° − cos 144°) / 2; their mean is −1/4. */
const COS_STEP = Math.sqrt(5) / 4;
const SIN_72 = Math.sin((2 * Math.PI) / 5);
const SIN_144 = Math.sin((4 * Math.PI) / 5);
const SQRT_HALF = Math.SQRT1_2;

/** The last of the passes (m = 1) when it has radix 5. */
export const radix5Last: RadixPass = (x, y, _m, s) => {
  const step = 2 * s;
  for (let i = 0; i < step; i += 2) {
    const ar = x[i]!;
    const ai = x[i + 1]!;
    const br = x[i + step]!;
    const bi = x[i + step + 1]!;
    const cr = x[i + 2 * step]!;
    const ci = x[i + 2 * step + 1]!;
    const dr = x[i + 3 * step]!;
    const di = x[i + 3 * step + 1]!;
    const er = x[i + 4 * step]!;
    const ei = x[i + 4 * step + 1]!;
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
    y[i] = ar + sumr;
    y[i + 1] = ai + sumi;
    y[i + step] = u1r;
    y[i + step + 1] = u1i;
    y[i + 2 * step] = u2r;
    y[i + 2 * step + 1] = u2i;
    y[i + 3 * step] = u3r;
    y[i + 3 * step + 1] = u3i;
    y[i + 4 * step] = u4r;
    y[i + 4 * step + 1] = u4i;
  }
};

/**
 * Radix-8 butterflies without twiddles: for a last pass, and for a first one whose rest is coprime to 8.
 *
 * @param inputs where the eight values of each butterfly stand in `x`, one butterfly after the other
 * @param base from one butterfly's first output to the next one's, in `y`
 * @param step from one output of a butterfly to the next, in `y`
 */
export function radix8(
  x: Float64Array,
  y: Float64Array,
  inputs: Int32Array,
  base: number,
  step: number,
): void {
  for (let t = 0, i = 0; t < inputs.length; t += 8, i += base) {
    const i0 = inputs[t]!;
    const i1 = inputs[t + 1]!;
    const i2 = inputs[t + 2]!;
    const i3 = inputs[t + 3]!;
    const i4 = inputs[t + 4]!;
    const i5 = inputs[t + 5]!;
    const i6 = inputs[t + 6]!;
    const i7 = inputs[t + 7]!;
    const ar = x[i0]! + x[i4]!;
    const ai = x[i0 + 1]! + x[i4 + 1]!;
    const er = x[i0]! - x[i4]!;
    const ei = x[i0 + 1]! - x[i4 + 1]!;
    const br = x[i1]! + x[i5]!;
    const bi = x[i1 + 1]! + x[i5 + 1]!;
    const fr = x[i1]! - x[i5]!;
    const fi = x[i1 + 1]! - x[i5 + 1]!;
    const cr = x[i2]! + x[i6]!;
    const ci = x[i2 + 1]! + x[i6 + 1]!;
    const gr = x[i2 + 1]! - x[i6 + 1]!;
    const gi = x[i6]! - x[i2]!;
    const dr = x[i3]! + x[i7]!;
    const di = x[i3 + 1]! + x[i7 + 1]!;
    const hr = x[i3]! - x[i7]!;
    const hi = x[i3 + 1]! - x[i7 + 1]!;
    // Odd outputs: f and h carry the eighth roots of unity, g is already times −i.
    const pr = SQRT_HALF * (fr + fi);
    const pi = SQRT_HALF * (fi - fr);
    const qr = SQRT_HALF * (hi - hr);
    const qi = -SQRT_HALF * (hr + hi);
    const acr = ar + cr;
    const aci = ai + ci;
    const amr = ar - cr;
    const ami = ai - ci;
    const bdr = br + dr;
    const bdi = bi + di;
    const jr = bi - di;
    const ji = dr - br;
    const egr = er + gr;
    const egi = ei + gi;
    const emr = er - gr;
    const emi = ei - gi;
    const pqr = pr + qr;
    const pqi = pi + qi;
    const kr = pi - qi;
    const ki = qr - pr;
    y[i] = acr + bdr;
    y[i + 1] = aci + bdi;
    y[i + step] = egr + pqr;
    y[i + step + 1] = egi + pqi;
    y[i + 2 * step] = amr + jr;
    y[i + 2 * step + 1] = ami + ji;
    y[i + 3 * step] = emr + kr;
    y[i + 3 * step + 1] = emi + ki;
    y[i + 4 * step] = acr - bdr;
    y[i + 4 * step + 1] = aci - bdi;
    y[i + 5 * step] = egr - pqr;
    y[i + 5 * step + 1] = egi - pqi;
    y[i + 6 * step] = amr - jr;
    y[i + 6 * step + 1] = ami - ji;
    y[i + 7 * step] = emr - kr;
    y[i + 7 * step + 1] = emi - ki;
  }
}
