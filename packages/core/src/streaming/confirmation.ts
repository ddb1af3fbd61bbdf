import type { HeardWord } from './heard-word.js';

/** When a word of a reading will not be revised any more. Seconds. */
export interface ConfirmationRules {
  /** A word that two readings in a row agree on ends at least this long before the end of the audio. */
  readonly agreedMargin: number;
  /** A word that the model is sure of ends at least this long before the end of the audio. */
  readonly sureMargin: number;
  /** From this probability on the model is sure. */
  readonly sure: number;
  /** A word below this probability is likely to be revised when more is heard, agreed on or not. */
  readonly doubtful: number;
  /** So much audio behind a doubtful word makes no difference any more. */
  readonly patience: number;
}

/**
 * The words that can be confirmed now.
 *
 * Words are confirmed in order: the first that can't be ends it. One that two successive readings agree on is taken
 * (LocalAgreement-2 of Liu et al. 2020, as in ufal/whisper_streaming), but only where the audio goes on behind it: a word at
 * the edge of what was heard is half of one, or made up, and readings agree on that as well. With the audio that a word is
 * aligned to known (AlignAtt of Papi et al. 2023), a sure one needs no second reading, and a doubtful one waits for what
 * follows. The last one never is confirmed: what comes after it decides its punctuation.
 *
 * @param words Of this reading, from the first that is not confirmed.
 * @param before The same of the reading before.
 * @param heard Length of the audio that was read. Seconds.
 * @returns How many of `words`.
 */
export function countConfirmable(
  words: readonly HeardWord[],
  before: readonly HeardWord[],
  heard: number,
  rules: ConfirmationRules,
): number {
  const agreed = countAgreed(words, before);
  let count = 0;
  for (const [i, { end, probability }] of words.slice(0, -1).entries()) {
    const unheard = end === undefined ? undefined : heard - end;
    const doubted = probability < rules.doubtful && (unheard ?? 0) < rules.patience;
    const repeated = i < agreed && !doubted && (unheard === undefined || unheard >= rules.agreedMargin);
    const sure = unheard !== undefined && unheard >= rules.sureMargin && probability >= rules.sure;
    if (!repeated && !sure) break;
    count = i + 1;
  }
  return count;
}

/** How many words two readings begin with alike. */
export function countAgreed(words: readonly HeardWord[], before: readonly HeardWord[]): number {
  const differs = words.findIndex(({ text }, i) => before[i]?.text !== text);
  return differs < 0 ? words.length : differs;
}
