import type { CtcWord } from './vocabulary.js';

/** Words with frames: from the first frame of the first token to behind the last of the last. */
export interface TimedCtcWord extends CtcWord {
  readonly start: number;
  readonly end: number;
}

/** Frames of words. */
export function timeWords(words: readonly CtcWord[]): readonly TimedCtcWord[] {
  return words.map((word) => ({ ...word, start: word.tokens[0]!.start, end: word.tokens.at(-1)!.end }));
}

/** Splits words where more than `pause` frames lie between two of them. */
export function splitAtPauses<W extends { readonly start: number; readonly end: number }>(
  words: readonly W[],
  pause: number,
): readonly (readonly [W, ...W[]])[] {
  const groups: [W, ...W[]][] = [];
  let end = 0;
  for (const word of words) {
    const group = groups.at(-1);
    if (group && word.start - end < pause) group.push(word);
    else groups.push([word]);
    ({ end } = word);
  }
  return groups;
}
