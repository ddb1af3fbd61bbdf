/**
 * Text that may hold bytes of unfinished characters. A byte that belongs to no whole UTF-8 character stands as the lone
 * surrogate U+DC00 + byte, as in Python's `surrogateescape` (PEP 383), so that pieces of characters can be kept in strings,
 * compared, and put together later.
 */

/** Sequences of escaped bytes that are one character: the well-formed ones of Unicode's table 3-7. */
const WHOLE =
  /[\uDCC2-\uDCDF][\uDC80-\uDCBF]|\uDCE0[\uDCA0-\uDCBF][\uDC80-\uDCBF]|[\uDCE1-\uDCEC\uDCEE\uDCEF][\uDC80-\uDCBF]{2}|\uDCED[\uDC80-\uDC9F][\uDC80-\uDCBF]|\uDCF0[\uDC90-\uDCBF][\uDC80-\uDCBF]{2}|[\uDCF1-\uDCF3][\uDC80-\uDCBF]{3}|\uDCF4[\uDC80-\uDC8F][\uDC80-\uDCBF]{2}/gu;
const RUN = /[\uDC80-\uDCFF]+/gu;
const ANY = /[\uDC80-\uDCFF]/u;
const AT_END = /[\uDC80-\uDCFF]+$/u;
const AT_START = /^[\uDC80-\uDCFF]/u;

/** Bytes to text; those that make no whole character are escaped. */
export function escapeBytes(bytes: Iterable<number>): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
  return composeEscapes(text);
}

/** Puts escaped bytes together that make whole characters by now; others stay. */
export function composeEscapes(text: string): string {
  return ANY.test(text) ? text.replaceAll(WHOLE, decode) : text;
}

/** Text to show: what is still no character becomes U+FFFD. */
export function replaceEscapes(text: string): string {
  return ANY.test(text) ? composeEscapes(text).replaceAll(RUN, decode) : text;
}

/** The byte that a text of one byte is; undefined for longer texts and characters of several bytes. */
export function byteOf(text: string): number | undefined {
  if (text.length !== 1) return undefined;
  const unit = text.charCodeAt(0);
  if (unit < 0x80) return unit;
  return isEscape(text, 0) ? unit - 0xdc00 : undefined;
}

/** Whether there are bytes of unfinished characters in a text. */
export function hasEscapes(text: string): boolean {
  return ANY.test(text);
}

/** Length of a text without the escaped bytes at its end, which may still become a character. */
export function settledLength(text: string): number {
  // Nearly all texts end in a letter: the expression is for the others.
  return isEscape(text, text.length - 1) ? (AT_END.exec(text)?.index ?? text.length) : text.length;
}

/** Whether a text begins with a byte that may go on a character before it. */
export function startsWithEscape(text: string): boolean {
  return AT_START.test(text);
}

function isEscape(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc80 && unit <= 0xdcff;
}

function decode(escapes: string): string {
  const bytes = Uint8Array.from(escapes, (escape) => escape.charCodeAt(0) - 0xdc00);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
