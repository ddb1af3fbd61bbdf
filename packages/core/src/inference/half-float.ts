/**
 * IEEE 754 half floats (binary16) as the raw bits that `float16` tensors hold, to and from float32.
 * JavaScript engines without `Float16Array` have no conversion of their own.
 */

let table: Float32Array | undefined;

/** All 65536 half floats: decoding a row of logits is then one look-up per element. */
function halfTable(): Float32Array {
  if (table) return table;
  table = new Float32Array(0x10000);
  for (let bits = 0; bits < 0x10000; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 0x1f) table[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/**
 * Half floats to float32; exact.
 *
 * @param bits Raw bits, one element each.
 * @param out Where to write; at least as long as `bits`. Allocated when absent.
 * @returns `out`, cut to the length of `bits`.
 */
export function halfToFloat(
  bits: Uint16Array,
  out: Float32Array = new Float32Array(bits.length),
): Float32Array {
  const values = halfTable();
  for (let i = 0; i < bits.length; i++) out[i] = values[bits[i]!]!;
  return out.length === bits.length ? out : out.subarray(0, bits.length);
}

/** Float32 to half floats, rounded to nearest even; values past ±65504 become infinite. */
export function floatToHalf(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const word = words[i]!;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      out[i] = sign | 0x7e00; // NaN
    } else if (magnitude >= 0x477ff000) {
      out[i] = sign | 0x7c00; // 65520 and above round to infinity
    } else if (magnitude >= 0x38800000) {
      // Normal: drop 13 bits of the fraction; the carry of the rounding moves into the exponent as it should.
      const odd = (magnitude >>> 13) & 1;
      out[i] = sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
    } else if (magnitude > 0x33000000) {
      // Subnormal: the implicit one becomes a plain bit of the fraction.
      const shift = 126 - (magnitude >>> 23);
      const fraction = (magnitude & 0x7fffff) | 0x800000;
      const odd = (fraction >>> shift) & 1;
      out[i] = sign | ((fraction + (1 << (shift - 1)) - 1 + odd) >>> shift);
    } else {
      out[i] = sign; // at most half of the smallest subnormal
    }
  }
  return out;
}
