/** Bytes in pieces: what is kept of a file stays where it is until all is joined. */
export type Pieces = readonly Uint8Array[];

/** A varint: 7 bits a byte, lowest first. For numbers from 0 to 2⁵³. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** A field that holds a number from 0 to 2⁵³. */
export function integerField(number: number, value: number): Uint8Array {
  return Uint8Array.of(...varint(number * 8), ...varint(value));
}

/** A field that holds a message or bytes. */
export function messageField(number: number, ...content: readonly Pieces[]): Pieces {
  const pieces = content.flat();
  return [Uint8Array.of(...varint(number * 8 + 2), ...varint(lengthOf(pieces))), ...pieces];
}

/** A field that holds a text. */
export function textField(number: number, value: string): Pieces {
  return messageField(number, [new TextEncoder().encode(value)]);
}

/** One array of all pieces: the only time that any of them is copied. */
export function joinPieces(pieces: Pieces): Uint8Array {
  const joined = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
