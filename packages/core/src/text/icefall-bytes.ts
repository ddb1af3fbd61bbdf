/**
 * icefall's printable stand-ins for bytes (`PRINTABLE_BASE_CHARS` of `icefall/byte_utils.py`, another table than
 * fairseq's): ASCII stands for itself, the others are letters from U+0100 to U+01A6 without those that NFKC would change.
 */
const RANGES: readonly (readonly [first: number, last: number])[] = [
  [256, 287],
  [32, 126],
  [288, 305],
  [308, 318],
  [321, 328],
  [330, 382],
  [384, 422],
];

const BYTE_OF_CODE: ReadonlyMap<number, number> = /* @__PURE__ */ buildTable();

/** Stand-ins from here on are bytes above 0xD8, the first ones of characters. No alphabet of a language has them. */
const UNMISTAKABLE = /[\u0180-\u01A6]/u;

/**
 * Stand-ins back to bytes.
 *
 * @returns The bytes, or `undefined` when a character stands for no byte.
 */
export function icefallToBytes(text: string): number[] | undefined {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const byte = BYTE_OF_CODE.get(text.charCodeAt(i));
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return bytes;
}

/** Whether pieces are icefall's stand-ins for bytes, and not letters that happen to be among them (sherpa-onnx's rule). */
export function areIcefallBytes(pieces: readonly string[]): boolean {
  return (
    pieces.some((piece) => UNMISTAKABLE.test(piece)) &&
    pieces.every((piece) => icefallToBytes(piece) !== undefined)
  );
}

function buildTable(): ReadonlyMap<number, number> {
  const table = new Map<number, number>();
  for (const [first, last] of RANGES) {
    for (let code = first; code <= last; code++) table.set(code, table.size);
  }
  return table;
}
