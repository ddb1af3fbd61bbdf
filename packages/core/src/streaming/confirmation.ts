import type { HeardWord } from './heard-word.js';

/** When a word of a reading will not be revised any more. Seconds. */
export interface ConfirmationRules {
  /** Readings that agree on it reach so far apart: what is read again at once makes the same mistake. */
  readonly spacing: number;
  /** It ends at least this long before the end of the audio, however sure it is. */
  readonly margin: number;
  /** What a rival as probable as the word itself adds to `margin`; less probable ones add less, in proportion. */
  readonly rivalMargin: number;
}

/** The words of a reading, from the first that is not confirmed. */
export interface EarlierReading<W extends HeardWord = HeardWord> {
  readonly words: readonly W[];
  /** Length of the audio that was read. Seconds. */
  readonly heard: number;
}

/**
 * The words that can be confirmed now.
 *
 * Words are confirmed in order: the first that can't be ends it. One that successive readings agree on is taken
 * (LocalAgreement of Liu et al. 2020, as in ufal/whisper_streaming), but only where the audio goes on behind the place that it
 * is aligned to (AlignAtt of Papi et al. 2023): a word at the edge of what was heard is half of one, or made up, and readings
 * agree on that as well. The nearer another word comes, in this reading or the one before, the more has to follow. The last one
 * never is confirmed: what comes after it decides its punctuation.
 *
 * @param words Of this reading, from the first that is not confirmed.
 * @param earlier The same of the readings before, the latest last.
 * @param heard Length of the audio that was read. Seconds.
 * @returns How many of `words`.
 */
export function countConfirmable(
  words: readonly HeardWord[],
  earlier: readonly EarlierReading[],
  heard: number,
  { spacing, margin, rivalMargin }: ConfirmationRules,
): number {
  const before = earlier.at(-1)?.words ?? [];
  const last = words.length - 1;
  let count = 0;
  while (count < last && isConfirmable(count)) count++;
  return Math.max(0, count);

  function isConfirmable(index: number): boolean {
    const { end } = words[index]!;
    if (heard - agreedSince(words, earlier, index, heard) < spacing - 1e-9) return false;
    if (end === undefined) return true;
    const rival = Math.max(nearness(words[index]!), before[index] ? nearness(before[index]) : 0);
    return heard - end >= margin + rivalMargin * Math.min(1, rival);
  }
}

/** How near another word came; of a word whose rivals are not known as near as its probability allows. */
function nearness({ rival, probability }: HeardWord): number {
  return rival ?? 1 - probability;
}

/** How much had been heard in the first of the readings in a row that begin alike up to a word. */
function agreedSince(
  words: readonly HeardWord[],
  earlier: readonly EarlierReading[],
  index: number,
  heard: number,
): number {
  const differs = earlier.findLastIndex((reading) => countAgreed(words, reading.words) <= index);
  return earlier[differs + 1]?.heard ?? heard;
}

/** How many words two readings begin with alike. */
export function countAgreed(words: readonly HeardWord[], before: readonly HeardWord[]): number {
  const differs = words.findIndex(({ text }, i) => before[i]?.text !== text);
  return differs < 0 ? words.length : differs;
}
