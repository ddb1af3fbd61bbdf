/** Letters with strokes and ligatures, which no Unicode decomposition takes apart. */
const FOLDED: Readonly<Record<string, string>> = {
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  æ: 'ae',
  Æ: 'AE',
  ß: 'ss',
  ẞ: 'SS',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'th',
  ł: 'l',
  Ł: 'L',
};

/** Marks, symbols and punctuation become spaces; compatibility forms become plain (NFKC). */
export function replaceSymbols(text: string): string {
  return text.normalize('NFKC').replace(/[\p{M}\p{S}\p{P}]/gu, ' ');
}

/**
 * As {@link replaceSymbols}, and letters lose their accents: "é" becomes "e", "ß" becomes "ss".
 *
 * @param kept Symbols to leave in place.
 */
export function replaceSymbolsAndDiacritics(text: string, kept = ''): string {
  return text.normalize('NFKD').replace(/[\p{M}\p{S}\p{P}œŒøØæÆßẞđĐðÐþÞłŁ]/gu, (character) => {
    if (kept.includes(character)) return character;
    return FOLDED[character] ?? (/\p{Mn}/u.test(character) ? '' : ' ');
  });
}
