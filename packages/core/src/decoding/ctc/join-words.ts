import type { CtcToken } from './hypothesis.js';
import { spellTokens, type CtcVocabulary, type CtcWord, type SpelledTokens } from './vocabulary.js';

/** Words with frames: from the first frame of the first token to behind the last of the last. */
export interface TimedCtcWord extends CtcWord {
  readonly start: number;
  readonly end: number;
  /** Follows the word before it without a space. */
  readonly glued: boolean;
}

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * Frames of words. Where a script has no spaces, every label (every character, of labels that are bytes) is a word: else a whole utterance would be one, of no use for
 * times and subtitles.
 */
export function timeWords(words: readonly CtcWord[], vocabulary: CtcVocabulary): readonly TimedCtcWord[] {
  return words.flatMap((word) => {
    if (!UNSPACED.test(word.text)) return [timed(word.text, word.tokens, false)];
    return splitUnspaced(spellTokens(word.tokens, vocabulary)).map((units, i) =>
      timed(
        units.map(({ text }) => text.trim()).join(''),
        units.flatMap(({ tokens }) => tokens),
        i > 0,
      ),
    );
  });
}

/** Joins words to text. */
export function joinWords(words: readonly TimedCtcWord[]): string {
  return words.map(({ text, glued }, i) => (glued || i === 0 ? text : ` ${text}`)).join('');
}

/** Splits words where more than `pause` frames lie between two of them. */
export function splitAtPauses(
  words: readonly TimedCtcWord[],
  pause: number,
): readonly (readonly [TimedCtcWord, ...TimedCtcWord[]])[] {
  const groups: [TimedCtcWord, ...TimedCtcWord[]][] = [];
  let end = 0;
  for (const word of words) {
    const group = groups.at(-1);
    if (group && word.start - end < pause) group.push(word);
    else groups.push([word]);
    ({ end } = word);
  }
  return groups;
}

function splitUnspaced(units: readonly SpelledTokens[]): readonly SpelledTokens[][] {
  const groups: SpelledTokens[][] = [];
  let open = false;
  for (const unit of units) {
    const unspaced = UNSPACED.test(unit.text);
    if (open && !unspaced) groups.at(-1)!.push(unit);
    else groups.push([unit]);
    open = !unspaced;
  }
  return groups;
}

function timed(text: string, tokens: readonly CtcToken[], glued: boolean): TimedCtcWord {
  return { text, tokens, start: tokens[0]!.start, end: tokens.at(-1)!.end, glued };
}
