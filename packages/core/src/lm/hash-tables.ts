import type { U64 } from './u64.js';

/** Number of buckets KenLM gives a table: at least one stays empty, so that every search ends. */
export function bucketCount(entries: number, multiplier: number): number {
  return Math.max(entries + 1, Math.floor(Math.fround(Math.fround(multiplier) * Math.fround(entries))));
}

/**
 * An open-addressing table with linear probing, in KenLM's layout: `buckets` entries of a 64-bit key (0 is empty)
 * and a payload. It lies in a file's bytes, or in memory of its own while an ARPA file is read.
 */
export class ProbingTable {
  readonly #view: DataView;
  readonly #start: number;
  readonly #buckets: number;
  readonly #entryBytes: number;

  constructor(view: DataView, start: number, buckets: number, entryBytes: number) {
    this.#view = view;
    this.#start = start;
    this.#buckets = buckets;
    this.#entryBytes = entryBytes;
  }

  /** Byte offset of the payload of `key`, or −1. */
  find(key: U64): number {
    const slot = this.#slot(key);
    return slot < 0 || this.#isEmpty(slot) ? -1 : slot + 8;
  }

  /** Byte offset of the payload of `key`, which is entered if it wasn't there; −1 when the table is full. */
  insert(key: U64): number {
    const slot = this.#slot(key);
    if (slot < 0) return -1;
    this.#view.setUint32(slot, key.lo, true);
    this.#view.setUint32(slot + 4, key.hi, true);
    return slot + 8;
  }

  /** Offset of the entry that holds `key` or of the empty one where it belongs; −1 after a whole round (a damaged file). */
  #slot(key: U64): number {
    const view = this.#view;
    let bucket = key.modulo(this.#buckets);
    for (let tried = 0; tried < this.#buckets; tried++) {
      const at = this.#start + bucket * this.#entryBytes;
      const lo = view.getUint32(at, true);
      const hi = view.getUint32(at + 4, true);
      if ((lo === key.lo && hi === key.hi) || (lo === 0 && hi === 0)) return at;
      bucket = bucket + 1 === this.#buckets ? 0 : bucket + 1;
    }
    return -1;
  }

  #isEmpty(slot: number): boolean {
    return this.#view.getUint32(slot, true) === 0 && this.#view.getUint32(slot + 4, true) === 0;
  }
}
