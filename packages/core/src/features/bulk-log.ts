/**
 * Natural logarithms of a whole buffer, in place, for hot loops: several times faster than `Math.log` per value and
 * within 1e-10 absolute of it.
 *
 * The double's exponent and mantissa are split by bit operations on an aliased integer view, and the logarithm of the
 * mantissa m in √½…√2 is 2·artanh((m − 1)/(m + 1)) as a series. The buffer is walked twice because reading a double back
 * right after writing half of its bits would stall the processor on every value.
 */
export class BulkLog {
  /** Put positive normal numbers here (≥ 2.3e−308, finite), call {@link run}, and read their logarithms. */
  readonly values: Float64Array;
  readonly #words: Int32Array;
  readonly #exponents: Int32Array;
  readonly #high: number;

  constructor(length: number) {
    this.values = new Float64Array(length);
    this.#words = new Int32Array(this.values.buffer);
    this.#exponents = new Int32Array(length);
    // Which half of a double holds its sign and exponent depends on the machine's byte order.
    this.#high = new Int32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;
  }

  /** Replaces every value by its natural logarithm times `scale`. */
  run(scale = 1): void {
    const { values } = this;
    const words = this.#words;
    const exponents = this.#exponents;
    for (let i = 0, w = this.#high; i < values.length; i++, w += 2) {
      const high = words[w]!;
      const mantissa = high & 0xf_ffff;
      // 1 where the mantissa is above √2: then use half of it and one more power of two.
      const carry = (mantissa + 0x9_5f64) & 0x10_0000;
      words[w] = mantissa | (carry ^ 0x3ff0_0000);
      exponents[i] = (high >> 20) - 1023 + (carry >> 20);
    }
    const exponentScale = Math.LN2 * scale;
    for (let i = 0; i < values.length; i++) {
      const m = values[i]!;
      const r = (m - 1) / (m + 1);
      const z = r * r;
      const series = 1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11)))));
      values[i] = exponents[i]! * exponentScale + 2 * scale * r * series;
    }
  }
}
