import type { TokenChoice } from './noting-rules.js';
import type { WordTokens } from '../../decoding/whisper/word-split.js';

/** A text token of a reading. */
export interface ReadToken {
  readonly id: number;
  /** Natural log-probability. */
  readonly logProb: number;
  /** What could have been read in its place, where that was noted. */
  readonly others: readonly TokenChoice[] | undefined;
}

/**
 * How near other words came: for each word the largest ratio of the probability of another token to that of the one that was
 * taken, where that would have made another word of it. Marks and capitals make no other word ("my" and ", my"), but another
 * end does: "asked" is a rival of "ask".
 *
 * @param words Of `tokens`, in order.
 * @returns From 0; undefined where nothing was noted, 0 for what was given.
 */
export function rivalsOfWords(
  words: readonly WordTokens[],
  tokens: readonly ReadToken[],
  tokenizer: { decode(ids: readonly number[]): string; isText(id: number): boolean },
): readonly number[] | undefined {
  if (!tokens.some(({ others }) => others !== undefined)) return undefined;
  const rivals = words.map(() => 0);
  const spelled = words.map(({ text }) => spelling(text));
  let at = 0;
  for (const [index, word] of words.entries()) {
    for (let place = 0; place < word.tokens.length; place++, at++) {
      const { id, logProb, others = [] } = tokens[at]!;
      for (const other of others) {
        if (!tokenizer.isText(other.token)) continue;
        const text = tokenizer.decode([other.token]);
        const ratio = Math.exp(other.logProb - logProb);
        if (place > 0) {
          if (spelling(text) !== spelling(tokenizer.decode([id]))) raise(index, ratio);
        } else if (continues(text)) raise(index - 1, ratio);
        else if (isOther(spelling(text), spelling(tokenizer.decode([id])), index)) raise(index, ratio);
      }
    }
  }
  return rivals;

  function raise(index: number, ratio: number): void {
    if (index >= 0) rivals[index] = Math.max(rivals[index]!, ratio);
  }

  /** In the place of a mark, the beginning of the word behind it only leaves out the mark. */
  function isOther(other: string, taken: string, index: number): boolean {
    if (other === '') return false;
    if (taken !== '') return other !== taken;
    const next = spelled.slice(index + 1).find((word) => word !== '');
    return next !== undefined && !next.startsWith(other);
  }
}

const spelling = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
/** Whether a token goes on with the word before it. */
const continues = (text: string): boolean => /^['’]?\p{L}/u.test(text);
