import type { TokenAttention } from '../../decoding/whisper/alignment-matrix.js';
import { splitIntoWords, type WordSplitTokenizer } from '../../decoding/whisper/word-split.js';
import { alignWords, tokenStartTimes, type AlignedWord } from '../../decoding/whisper/word-timing.js';

/**
 * The words of text tokens, timed by the attention that they were decoded with.
 *
 * @param positions Encoder positions that hold audio.
 * @param probabilities One for every token.
 */
export function timeWords(
  textTokens: readonly number[],
  probabilities: readonly number[],
  attention: TokenAttention,
  positions: number,
  tokenizer: WordSplitTokenizer,
  language: string | undefined,
): readonly AlignedWord[] {
  const starts = tokenStartTimes(attention, positions);
  return alignWords(splitIntoWords(textTokens, tokenizer, language), starts, probabilities);
}
