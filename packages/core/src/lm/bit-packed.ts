/** Number of bits that values from 0 to `max` need. */
export function bitsFor(max: number): number {
  return max === 0 ? 0 : Math.floor(Math.log2(max)) + 1;
}

/** Bytes that KenLM allots to a packed array of `entries` records (one more marks the end, 8 bytes are slack for wide reads). */
export function packedBytes(entries: number, bitsPerEntry: number): number {
  return Math.floor(((entries + 1) * bitsPerEntry + 7) / 8) + 8;
}

/** An unsigned integer of up to 32 bits at any bit offset, least significant bit first. */
export function readBits(view: DataView, bitOffset: number, bits: number): number {
  if (bits === 0) return 0;
  const byte = Math.floor(bitOffset / 8);
  const shift = bitOffset - byte * 8;
  let value = view.getUint32(byte, true) >>> shift;
  if (shift > 0) value |= view.getUint8(byte + 4) << (32 - shift);
  return bits === 32 ? value >>> 0 : value & (2 ** bits - 1);
}
