/** Bytes end to end as one array; a single part is returned as it is. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  return join(parts, (length) => new Uint8Array(length));
}

/** Numbers end to end as one array; a single part is returned as it is. */
export function joinFloats(parts: readonly Float32Array[]): Float32Array {
  return join(parts, (length) => new Float32Array(length));
}

function join<T extends Uint8Array | Float32Array>(parts: readonly T[], create: (length: number) => T): T {
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length === 1) return filled[0]!;
  const joined = create(filled.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of filled) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
