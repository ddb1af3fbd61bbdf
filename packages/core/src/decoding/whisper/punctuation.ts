import type { AlignedWord } from './word-timing.js';

/** Marks that belong to the word after them: openai/whisper's `prepend_punctuations`. */
export const PREPENDED_PUNCTUATION = '"\'“¿([{-';
/** Marks that belong to the word before them: openai/whisper's `append_punctuations`. */
export const APPENDED_PUNCTUATION = '"\'.。,，!！?？:：”)]}、';

/**
 * Joins punctuation marks with their words. A joined word keeps the times and the probability of the word, not
 * of the mark. Rules of openai/whisper `timing.py`, substring matching included.
 */
export function mergePunctuation(
  words: readonly AlignedWord[],
  prepended: string = PREPENDED_PUNCTUATION,
  appended: string = APPENDED_PUNCTUATION,
): AlignedWord[] {
  // From the right, so that several opening marks gather on one word.
  const joined: AlignedWord[] = [];
  for (const word of words.toReversed()) {
    const following = joined.at(-1);
    if (following && word.text.startsWith(' ') && prepended.includes(word.text.trim())) {
      joined[joined.length - 1] = join(word, following, following);
    } else joined.push(word);
  }
  const merged: AlignedWord[] = [];
  for (const word of joined.toReversed()) {
    const previous = merged.at(-1);
    if (previous && !previous.text.endsWith(' ') && appended.includes(word.text)) {
      merged[merged.length - 1] = join(previous, word, previous);
    } else merged.push(word);
  }
  return merged;
}

function join(left: AlignedWord, right: AlignedWord, kept: AlignedWord): AlignedWord {
  return { ...kept, text: left.text + right.text, tokens: [...left.tokens, ...right.tokens] };
}
