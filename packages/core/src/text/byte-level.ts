/**
 * GPT-2's printable stand-ins for bytes: `tokenizer.json`, `vocab.json` and `merges.txt` write every byte of a token
 * as one character, so that tokens that split a UTF-8 character are still JSON text.
 *
 * Printable Latin-1 bytes stand for themselves; the 68 others are numbered upwards from U+0100.
 * Source: `bytes_to_unicode` of openai/gpt-2 `src/encoder.py`.
 */
const CHARACTER_OF_BYTE: readonly string[] = /* @__PURE__ */ buildCharacters();

/** Byte by UTF-16 code; −1 where a code stands for no byte. */
const BYTE_OF_CODE: Int16Array = /* @__PURE__ */ buildBytes(CHARACTER_OF_BYTE);

/** Bytes to their printable stand-ins, one character per byte. */
export function bytesToByteLevel(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += CHARACTER_OF_BYTE[byte]!;
  return text;
}

/**
 * Printable stand-ins back to bytes.
 *
 * @returns The bytes, or `undefined` when a character stands for no byte.
 */
export function byteLevelToBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = BYTE_OF_CODE[text.charCodeAt(i)] ?? -1;
    if (byte < 0) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** Whether every character of a piece stands for a byte. */
export function isByteLevel(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if ((BYTE_OF_CODE[text.charCodeAt(i)] ?? -1) < 0) return false;
  }
  return true;
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

function buildCharacters(): string[] {
  const characters: string[] = [];
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    characters.push(String.fromCharCode(isPrintable(byte) ? byte : next++));
  }
  return characters;
}

function buildBytes(characters: readonly string[]): Int16Array {
  const bytes = new Int16Array(0x100 + characters.length).fill(-1);
  characters.forEach((character, byte) => (bytes[character.charCodeAt(0)] = byte));
  return bytes;
}
