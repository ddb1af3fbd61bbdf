import type { U64 } from './u64.js';

const FACTOR_HI = 0xc6a4a793;
const FACTOR_LO = 0x5bd1e995;

/**
 * MurmurHash64A (Austin Appleby, public domain) with seed 0, the hash KenLM keys its vocabulary with.
 *
 * @param bytes UTF-8 of the word, in `[start, end)`.
 * @param hash Receives the result.
 * @param scratch A second register, overwritten.
 */
export function murmurHash64(bytes: Uint8Array, start: number, end: number, hash: U64, scratch: U64): void {
  const length = end - start;
  hash.set(0, length);
  hash.multiply(FACTOR_HI, FACTOR_LO);
  const blocks = start + (length & ~7);
  for (let at = start; at < blocks; at += 8) {
    scratch.set(word32(bytes, at + 4, 4), word32(bytes, at, 4));
    scratch.multiply(FACTOR_HI, FACTOR_LO);
    scratch.xor(0, scratch.hi >>> 15); // x ^= x >> 47
    scratch.multiply(FACTOR_HI, FACTOR_LO);
    hash.xor(scratch.hi, scratch.lo);
    hash.multiply(FACTOR_HI, FACTOR_LO);
  }
  const rest = end - blocks;
  if (rest > 0) {
    hash.xor(rest > 4 ? word32(bytes, blocks + 4, rest - 4) : 0, word32(bytes, blocks, Math.min(rest, 4)));
    hash.multiply(FACTOR_HI, FACTOR_LO);
  }
  hash.xor(0, hash.hi >>> 15);
  hash.multiply(FACTOR_HI, FACTOR_LO);
  hash.xor(0, hash.hi >>> 15);
}

/** Up to four bytes as a little-endian integer. */
function word32(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = (value << 8) | (bytes[at + i] as number);
  return value >>> 0;
}
