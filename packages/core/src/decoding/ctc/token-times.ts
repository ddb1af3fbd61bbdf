import type { CtcToken } from './hypothesis.js';
import { groupWords, spellTokens, type CtcVocabulary } from './vocabulary.js';

/** How frames lie in time. */
export interface CtcFrameTiming {
  /** Stride of the model: seconds from one frame to the next, 0.02 for wav2vec 2.0. */
  readonly secondsPerFrame: number;
  /** Where frame 0 begins, in seconds. Default 0. */
  readonly offset?: number;
}

/** A piece of text in time, in seconds. */
export interface TimedText {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Times of the labels of a hypothesis, spaces between words among them: from the first frame of each to behind its
 * last, as in Hugging Face's `output_char_offsets`. CTC models speak up late and briefly: the end of a label is where
 * the model fell silent, not where the sound ends. Labels that are parts of one character share a time.
 */
export function timeCharacters(
  tokens: readonly CtcToken[],
  vocabulary: CtcVocabulary,
  timing: CtcFrameTiming,
): readonly TimedText[] {
  return spellTokens(tokens, vocabulary).map(({ text, tokens: [first, ...rest] }) =>
    timed(text, first.start, (rest.at(-1) ?? first).end, timing),
  );
}

/** Times of the words of a hypothesis, from their first label to their last, as in `output_word_offsets`. */
export function timeCtcWords(
  tokens: readonly CtcToken[],
  vocabulary: CtcVocabulary,
  timing: CtcFrameTiming,
): readonly TimedText[] {
  return groupWords(tokens, vocabulary).map((word) =>
    timed(word.text, (word.tokens[0] as CtcToken).start, (word.tokens.at(-1) as CtcToken).end, timing),
  );
}

function timed(text: string, start: number, end: number, timing: CtcFrameTiming): TimedText {
  const { secondsPerFrame, offset = 0 } = timing;
  return { text, start: offset + start * secondsPerFrame, end: offset + end * secondsPerFrame };
}
