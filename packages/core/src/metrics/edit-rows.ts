/**
 * Rows of the Levenshtein matrix, 32 cells per machine word.
 *
 * The matrix D has the reference along its columns and the hypothesis along its rows. Neighbouring cells of a
 * row differ by −1, 0 or 1, so a row is two bit vectors: where it rises and where it falls. One step computes
 * the next row from them (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit
 * distances", after Myers 1999).
 */
export class EditRows {
  /** Bit i: D[row][i + 1] − D[row][i] is +1. */
  readonly rises: Int32Array;
  /** Bit i: D[row][i + 1] − D[row][i] is −1. */
  readonly falls: Int32Array;
  readonly #positions: SymbolPositions;
  readonly #lastBlock: number;
  readonly #band: number;
  #row = 0;
  #first = 0;
  /** D[row][32 · first]: exact, or an upper bound in a band. */
  #edge = 0;

  /**
   * @param reference Symbols along the columns; at least one.
   * @param symbols Number of different symbols; ids are 0 … symbols − 1.
   * @param limit Cells are exact where the distance is at most this; the others are upper bounds. Only a band
   * of 2 · (limit + 1) + 1 cells around the diagonal is computed.
   */
  constructor(reference: Int32Array, symbols: number, limit: number) {
    const blocks = (reference.length + 31) >>> 5;
    this.rises = new Int32Array(blocks).fill(-1);
    this.falls = new Int32Array(blocks);
    this.#positions = new SymbolPositions(reference, symbols);
    this.#lastBlock = blocks - 1;
    // One cell more than the limit on each side: the traceback looks at the neighbours of a path's cells.
    this.#band = limit + 1;
  }

  /** First block that the current row computed. */
  get first(): number {
    return this.#first;
  }

  /** Blocks that a row computes at most. */
  get width(): number {
    return Math.min(this.#lastBlock + 1, ((2 * this.#band) >>> 5) + 2);
  }

  /** Moves on to the row of the next hypothesis symbol. */
  advance(symbol: number): void {
    const { rises, falls } = this;
    const row = ++this.#row;
    const first = Math.min(this.#lastBlock, Math.max(0, (row - this.#band - 1) >> 5));
    const last = Math.min(this.#lastBlock, (row + this.#band - 1) >>> 5);
    for (let block = this.#first; block < first; block++) {
      this.#edge += bitCount(rises[block]!) - bitCount(falls[block]!);
    }
    this.#first = first;
    this.#edge++;
    const matches = this.#positions.open(symbol);
    // Left of the first cell a row is one more than the row above it: exact at the matrix' edge, an upper
    // bound inside a band.
    let riseCarry = 1;
    let fallCarry = 0;
    for (let block = first; block <= last; block++) {
      const rise = rises[block]!;
      const fall = falls[block]!;
      const x = matches[block]! | fallCarry;
      const diagonal = ((((x & rise) + rise) | 0) ^ rise) | x | fall;
      const down = fall | ~(diagonal | rise);
      const up = diagonal & rise;
      const shiftedDown = (down << 1) | riseCarry;
      const shiftedUp = (up << 1) | fallCarry;
      riseCarry = down >>> 31;
      fallCarry = up >>> 31;
      rises[block] = shiftedUp | ~(diagonal | shiftedDown);
      falls[block] = diagonal & shiftedDown;
    }
    this.#positions.close(symbol);
  }

  /**
   * The current row as numbers: D[row][0 … columns]. Cells outside the band get values above the limit.
   */
  distances(columns: number): Int32Array {
    const out = new Int32Array(columns + 1).fill(this.#row + columns);
    const start = 32 * this.#first;
    let distance = this.#edge;
    out[start] = distance;
    for (let i = start; i < columns; i++) {
      const bit = 1 << (i & 31);
      if (this.rises[i >>> 5]! & bit) distance++;
      else if (this.falls[i >>> 5]! & bit) distance--;
      out[i + 1] = distance;
    }
    return out;
  }
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * Where each symbol stands in the reference, as a bit vector. Symbols that fill more than one bit in 32 keep
 * theirs; there are at most 32 such symbols, so memory stays a few bytes per reference symbol whatever the
 * vocabulary. The others are written into a shared vector and wiped after use.
 */
class SymbolPositions {
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #kept = new Map<number, Int32Array>();
  readonly #scratch: Int32Array;

  constructor(reference: Int32Array, symbols: number) {
    const blocks = (reference.length + 31) >>> 5;
    this.#heads = new Int32Array(symbols).fill(-1);
    this.#next = new Int32Array(reference.length);
    this.#scratch = new Int32Array(blocks);
    const counts = new Int32Array(symbols);
    for (let i = 0; i < reference.length; i++) {
      const symbol = reference[i]!;
      this.#next[i] = this.#heads[symbol]!;
      this.#heads[symbol] = i;
      if (++counts[symbol]! > blocks) this.#kept.set(symbol, this.#scratch);
    }
    for (const symbol of this.#kept.keys()) {
      this.#kept.set(symbol, this.#write(symbol, new Int32Array(blocks)));
    }
  }

  open(symbol: number): Int32Array {
    return this.#kept.get(symbol) ?? this.#write(symbol, this.#scratch);
  }

  close(symbol: number): void {
    if (this.#kept.has(symbol)) return;
    for (let i = this.#heads[symbol]!; i >= 0; i = this.#next[i]!) this.#scratch[i >>> 5] = 0;
  }

  #write(symbol: number, vector: Int32Array): Int32Array {
    for (let i = this.#heads[symbol]!; i >= 0; i = this.#next[i]!) vector[i >>> 5]! |= 1 << (i & 31);
    return vector;
  }
}
