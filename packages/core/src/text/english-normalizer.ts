import { removeBracketed } from './basic-normalizer.js';
import { normalizeEnglishNumbers } from './english-numbers.js';
import { americanSpellings } from './english-spellings.js';
import { replaceSymbolsAndDiacritics } from './symbols.js';
import { collapseWhitespace, splitWhitespace, WHITESPACE } from './whitespace.js';
import { WORD_END, WORD_START } from './word-boundary.js';

const FILLERS = /* @__PURE__ */ new RegExp(`${WORD_START}(?:hmm|mm|mhm|mmm|uh|um)${WORD_END}`, 'gu');
const SPACED_APOSTROPHE = /* @__PURE__ */ new RegExp(`${WHITESPACE}+'`, 'gu');

/** Whole words and what they stand for. */
const CONTRACTED_WORDS = {
  "won't": 'will not',
  "can't": 'can not',
  "let's": 'let us',
  "ain't": 'aint',
  "y'all": 'you all',
  wanna: 'want to',
  gotta: 'got to',
  gonna: 'going to',
  "i'ma": 'i am going to',
  imma: 'i am going to',
  woulda: 'would have',
  coulda: 'could have',
  shoulda: 'should have',
  "ma'am": 'madam',
};

const TITLES = {
  mr: 'mister',
  mrs: 'missus',
  st: 'saint',
  dr: 'doctor',
  prof: 'professor',
  capt: 'captain',
  gov: 'governor',
  ald: 'alderman',
  gen: 'general',
  sen: 'senator',
  rep: 'representative',
  pres: 'president',
  rev: 'reverend',
  hon: 'honorable',
  asst: 'assistant',
  assoc: 'associate',
  lt: 'lieutenant',
  col: 'colonel',
  jr: 'junior',
  sr: 'senior',
  esq: 'esquire',
};

/** Endings, most specific first: "'d" and "'s" mean another word before these participles. */
const CONTRACTED_ENDINGS = [
  ["'d been", ' had been'],
  ["'s been", ' has been'],
  ["'d gone", ' had gone'],
  ["'s gone", ' has gone'],
  ["'d done", ' had done'],
  ["'s got", ' has got'],
  ["n't", ' not'],
  ["'re", ' are'],
  ["'s", ' is'],
  ["'d", ' would'],
  ["'ll", ' will'],
  ["'t", ' not'],
  ["'ve", ' have'],
  ["'m", ' am'],
] as const;

let expansions: readonly (readonly [pattern: RegExp, replacement: string])[] | undefined;

function getExpansions(): readonly (readonly [pattern: RegExp, replacement: string])[] {
  return (expansions ??= [
    ...Object.entries(CONTRACTED_WORDS).map(([word, text]) => [word, text, WORD_START] as const),
    ...Object.entries(TITLES).map(([word, text]) => [word, `${text} `, WORD_START] as const),
    ...CONTRACTED_ENDINGS.map(([ending, text]) => [ending, text, ''] as const),
  ].map(
    ([text, replacement, start]) => [new RegExp(`${start}${text}${WORD_END}`, 'gu'), replacement] as const,
  ));
}

/**
 * English text as it is compared for error rates: lower case, without remarks in brackets, fillers ("uh") and
 * punctuation; contractions and titles written out; numbers as digits; American spelling. Equal to
 * openai/whisper's `EnglishTextNormalizer`, with which the error rates of Whisper and most open models are
 * published. Like it, it may leave a space at either end.
 *
 * It is not idempotent: normalise each text once.
 */
export function normalizeEnglish(text: string): string {
  let out = removeBracketed(text.toLowerCase()).replace(FILLERS, '').replace(SPACED_APOSTROPHE, "'");
  for (const [pattern, replacement] of getExpansions()) out = out.replace(pattern, replacement);
  out = out
    .replace(/(\p{Nd}),(\p{Nd})/gu, '$1$2')
    // Full stops that are no decimal points.
    .replace(/\.([^0-9]|$)/gu, ' $1');
  // Symbols that are part of a number stay for now.
  out = normalizeEnglishNumbers(replaceSymbolsAndDiacritics(out, '.%$¢€£'));
  out = normalizeEnglishSpelling(out)
    .replace(/[.$¢€£]([^0-9])/gu, ' $1')
    .replace(/([^0-9])%/gu, '$1 ');
  return collapseWhitespace(out);
}

/** British to American spelling, word by word. @param text Lower case. */
export function normalizeEnglishSpelling(text: string): string {
  const spellings = americanSpellings();
  return splitWhitespace(text)
    .map((word) => spellings.get(word) ?? word)
    .join(' ');
}
