const TABLE_BITS = 7;

/**
 * Logarithms of a whole buffer, in place, for hot loops: about twice as fast as `Math.log` per value and within 1e-10 of
 * it.
 *
 * Exponent and mantissa of each double are read through an aliased integer view. The leading bits of the mantissa m pick
 * c close to m from a table of ln c, and ln(m / c), tiny, is a short series.
 */
export class BulkLog {
  /** Put positive normal numbers here (at least 2.3e−308, finite), call {@link run}, and read their logarithms. */
  readonly values: Float64Array;
  readonly #words: Uint32Array;
  /** Index of the half of a double that holds its exponent, by the machine's byte order. */
  readonly #high: 0 | 1;
  /** 1 / c and ln c, interleaved, for c in the middle of each stretch of 1…2. */
  readonly #table: Float64Array;

  constructor(length: number) {
    this.values = new Float64Array(length);
    this.#words = new Uint32Array(this.values.buffer);
    this.#high = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;
    const size = 2 ** TABLE_BITS;
    this.#table = new Float64Array(2 * size);
    for (let i = 0; i < size; i++) {
      const centre = 1 + (i + 0.5) / size;
      this.#table[2 * i] = 1 / centre;
      this.#table[2 * i + 1] = Math.log(centre);
    }
  }

  /** Replaces every value by its natural logarithm times `scale`. */
  run(scale = 1): void {
    const { values } = this;
    const words = this.#words;
    const table = this.#table;
    const other = 1 - 2 * this.#high;
    for (let i = 0, w = this.#high as number; i < values.length; i++, w += 2) {
      const high = words[w]!;
      const m = 1 + (high & 0xf_ffff) * 2 ** -20 + words[w + other]! * 2 ** -52;
      const entry = (high >>> (19 - TABLE_BITS)) & (2 ** (TABLE_BITS + 1) - 2);
      const r = m * table[entry]! - 1;
      const series = r * (1 - r * (1 / 2 - r * (1 / 3)));
      values[i] = scale * (((high >>> 20) - 1023) * Math.LN2 + table[entry + 1]! + series);
    }
  }
}
