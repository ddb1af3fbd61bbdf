/**
 * A number being assembled: an integer, or digits that can't be added to any more ("007", "2.", "1905").
 * Integers are exact of any size.
 */
export type NumberText = bigint | string;

/** Digits and an optional fraction, of any script, and nothing else. */
export function isPlainNumber(text: string): boolean {
  return /^\p{Nd}+(?:\.\p{Nd}+)?$/u.test(text);
}

/** A plain number as an integer where it is one ("3.0" is 3), else its digits. */
export function parsePlainNumber(text: string): NumberText {
  return multiply(text, 1n) ?? text;
}

/**
 * `number × factor`, exactly, where that is an integer; `undefined` where it is not, or where the text is no
 * decimal number. Rationals rather than floats: "2.3 million" is 2300000.
 */
export function multiply(number: NumberText, factor: bigint): bigint | undefined {
  if (typeof number === 'bigint') return number * factor;
  const [, whole = '', fraction = ''] = /^(\p{Nd}*)(?:\.(\p{Nd}*))?$/u.exec(number) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const product = BigInt(toAsciiDigits(whole + fraction)) * factor;
  const scale = 10n ** BigInt(fraction.length);
  return product % scale === 0n ? product / scale : undefined;
}

/** Decimal digits of any script as 0–9. */
function toAsciiDigits(digits: string): string {
  return digits.replace(/[^0-9]/gu, (digit) => {
    // Every script's ten digits are contiguous and begin at a code point that ends in 0 or 6.
    const code = digit.codePointAt(0)!;
    const row = code & ~0xf;
    const zero = /\p{Nd}/u.test(String.fromCodePoint(row)) ? row : row + 6;
    return String(code - zero);
  });
}
