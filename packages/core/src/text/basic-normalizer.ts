import { replaceSymbols, replaceSymbolsAndDiacritics } from './symbols.js';
import { collapseWhitespace } from './whitespace.js';

/** Options of `normalizeBasic`. */
export interface BasicNormalizerOptions {
  /** Take accents off letters, too. Default false. */
  readonly removeDiacritics?: boolean;
  /** Put spaces between characters (grapheme clusters), for languages without word spaces. Default false. */
  readonly splitLetters?: boolean;
}

/**
 * Text as it is compared for error rates in any language: lower case, without what stands in brackets, marks,
 * symbols and punctuation as spaces. Equal to openai/whisper's `BasicTextNormalizer`; like it, it may leave one
 * space at either end, and it breaks words of scripts that write vowels as marks (Devanagari, Thai…) apart
 * unless `removeDiacritics` is set.
 */
export function normalizeBasic(text: string, options: BasicNormalizerOptions = {}): string {
  const bare = removeBracketed(text.toLowerCase());
  const clean = options.removeDiacritics ? replaceSymbolsAndDiacritics(bare) : replaceSymbols(bare);
  const lower = clean.toLowerCase();
  return collapseWhitespace(options.splitLetters ? splitGraphemes(lower).join(' ') : lower);
}

/** Without what stands in `[…]`, `<…>` and `(…)`: remarks, tags. */
export function removeBracketed(text: string): string {
  return text.replace(/[<[][^>\]]*[>\]]/gu, '').replace(/\([^)]+?\)/gu, '');
}

function splitGraphemes(text: string): string[] {
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
