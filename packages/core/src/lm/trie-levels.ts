import { bitsFor, packedBytes, readBits } from './bit-packed.js';

const FLOAT_BITS = 32;
/** Probabilities are stored without their sign. */
const PROB_BITS = 31;

/** How values of one order are stored: as floats, or as indices into tables of means (`-q`, `-b`). */
export interface ValueCoding {
  readonly probBits: number;
  readonly backoffBits: number;
  /** Byte offsets of the tables; absent for floats. */
  readonly tables?: { readonly probs: number; readonly backoffs: number };
}

export const PLAIN_VALUES: ValueCoding = { probBits: PROB_BITS, backoffBits: FLOAT_BITS };

/** What is found at an entry of a level. Reused between look-ups. */
export class TrieEntry {
  logProb = 0;
  backoff = 0;
  extends = false;
  /** Children in the next level: `[first, end)`. */
  first = 0;
  end = 0;
}

const floatBits = new Uint32Array(1);
const floatValue = new Float32Array(floatBits.buffer);

function floatOf(bits: number): number {
  floatBits[0] = bits;
  return floatValue[0] as number;
}

/** The n-grams of one order above 1: bit-packed records, siblings sorted by word id. */
export class TrieLevel {
  /** First byte behind this level. */
  readonly byteEnd: number;
  readonly #view: DataView;
  readonly #values: ValueCoding;
  readonly #next: NextPointers | undefined;
  readonly #wordBits: number;
  readonly #entryBits: number;
  readonly #startBit: number;
  readonly #maxNext: number;

  /**
   * @param maxNext Entries of the next level; pointers of a damaged file are kept inside it.
   * @param next How child pointers are stored; absent for the highest order, which has no backoffs either.
   */
  constructor(
    view: DataView,
    start: number,
    entries: number,
    maxWord: number,
    values: ValueCoding,
    maxNext: number,
    next?: NextPointers,
  ) {
    this.#view = view;
    this.#values = values;
    this.#maxNext = maxNext;
    this.#next = next;
    this.#wordBits = bitsFor(maxWord);
    this.#entryBits = this.#wordBits + values.probBits + (next ? values.backoffBits + next.inlineBits : 0);
    const packedStart = start + (next?.byteLength ?? 0);
    this.#startBit = packedStart * 8;
    this.byteEnd = packedStart + packedBytes(entries, this.#entryBits);
  }

  /** Looks for `word` among the siblings `[first, end)` and reads its entry. */
  find(word: number, first: number, end: number, entry: TrieEntry): boolean {
    let low = first;
    let high = end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = readBits(this.#view, this.#startBit + middle * this.#entryBits, this.#wordBits);
      if (found === word) {
        this.#read(middle, entry);
        return true;
      }
      if (found < word) low = middle + 1;
      else high = middle;
    }
    return false;
  }

  #read(index: number, entry: TrieEntry): void {
    const view = this.#view;
    const { probBits, backoffBits, tables } = this.#values;
    const at = this.#startBit + index * this.#entryBits + this.#wordBits;
    if (!this.#next) {
      const prob = readBits(view, at, probBits);
      entry.logProb = tables ? view.getFloat32(tables.probs + 4 * prob, true) : -floatOf(prob);
      return;
    }
    if (tables) {
      // Quantised records hold the backoff's index in front of the probability's.
      const prob = readBits(view, at + backoffBits, probBits);
      entry.logProb = view.getFloat32(tables.probs + 4 * prob, true);
      entry.backoff = view.getFloat32(tables.backoffs + 4 * readBits(view, at, backoffBits), true);
    } else {
      entry.logProb = -floatOf(readBits(view, at, probBits));
      entry.backoff = floatOf(readBits(view, at + probBits, backoffBits));
    }
    // The bits of NO_EXTENSION; as integers, numbers of this size would be objects.
    entry.extends = !Object.is(entry.backoff, -0);
    const pointer = at + probBits + backoffBits;
    entry.first = this.#next.read(view, pointer, index);
    entry.end = Math.min(this.#next.read(view, pointer + this.#entryBits, index + 1), this.#maxNext);
  }
}

/** Child pointers of a level: wholly inside the records, or with their high bits in an array beside them. */
export interface NextPointers {
  readonly inlineBits: number;
  /** Bytes in front of the packed records. */
  readonly byteLength: number;
  read(view: DataView, bitOffset: number, index: number): number;
}

export function inlinePointers(maxNext: number): NextPointers {
  const inlineBits = bitsFor(maxNext);
  return { inlineBits, byteLength: 0, read: (view, bit) => readBits(view, bit, inlineBits) };
}

/**
 * Pointers compressed after Raj & Whittaker 2003 (KenLM's `-a`): they grow with the index, so the high bits are implied
 * by a sorted array of the indices at which they step up.
 *
 * @param start Byte where the array's space begins.
 * @param entries Records of the level.
 * @param maxChop Most bits that may be taken out of a record.
 */
export function steppedPointers(
  start: number,
  entries: number,
  maxNext: number,
  maxChop: number,
): NextPointers {
  const required = bitsFor(maxNext);
  const inlineBits = required - bestChop(entries + 1, maxNext, required, maxChop);
  const steps = Math.floor(maxNext / 2 ** inlineBits) + 1;
  const stepsAt = Math.ceil(start / 8) * 8 + 8;
  return {
    inlineBits,
    byteLength: 8 * (1 + steps) + 7,
    read(view, bit, index) {
      let low = 0;
      let high = steps;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (u64(view, stepsAt + 8 * middle) <= index) low = middle + 1;
        else high = middle;
      }
      return (low - 1) * 2 ** inlineBits + readBits(view, bit, inlineBits);
    },
  };
}

/** The number of bits whose removal shrinks the file most, as KenLM computes it. */
function bestChop(offsets: number, maxNext: number, required: number, maxChop: number): number {
  let best = 0;
  let lowest = Infinity;
  for (let chop = 0; chop <= Math.min(required, maxChop); chop++) {
    const change = Math.floor(maxNext / 2 ** (required - chop)) * 64 - offsets * chop;
    if (change < lowest) {
      lowest = change;
      best = chop;
    }
  }
  return best;
}

/** A 64-bit integer below 2^53. */
export function u64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}
