import { buildPrompt } from '../../decoding/whisper/prompt.js';
import { logSumExp, sumRow, type RowSum } from '../../decoding/whisper/row-sum.js';
import type { SearchResult } from '../../decoding/whisper/search.js';
import { isTextToken } from '../../decoding/whisper/token-ids.js';
import { splitIntoWords, type WordSplitTokenizer } from '../../decoding/whisper/word-split.js';
import { alignWords, tokenStartTimes, type AlignedWord } from '../../decoding/whisper/word-timing.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { AttentiveRun } from './decoding-attention.js';
import type { WindowSettings } from './graph-window-source.js';
import type { EncodedAudio } from './graphs.js';

/** A decoding of a window and, where it was kept, the attention in it. */
export interface AttendedDecoding {
  readonly result: SearchResult;
  readonly attention: AttentiveRun | undefined;
  /** Tokens at its start that were given, not decoded. */
  readonly given: number;
}

/** Times and probabilities of the tokens of a text. */
export interface TimedText {
  /** Where each token begins and where the last one ends, in seconds from the start of the window. */
  readonly starts: Float64Array;
  /** One for every token of the text. */
  readonly probabilities: readonly number[];
}

/** The words of text tokens. */
export function timeWords(
  textTokens: readonly number[],
  { starts, probabilities }: TimedText,
  tokenizer: WordSplitTokenizer,
  language: string | undefined,
): readonly AlignedWord[] {
  return alignWords(splitIntoWords(textTokens, tokenizer, language), starts, probabilities);
}

/**
 * Times tokens by the attention that they were decoded with; undefined where it was not kept or is of another text.
 *
 * @param positions Encoder positions that hold audio.
 */
export function timeAsDecoded(
  textTokens: readonly number[],
  { result, attention }: AttendedDecoding,
  positions: number,
  special: WhisperTokenizer['special'],
): TimedText | undefined {
  const text = attention && findText(textTokens, result, special);
  // What follows the last text token ends the last word.
  const kept = text && attention.attentionOf([...text, text.at(-1)! + 1]);
  return kept && { starts: tokenStartTimes(kept, positions), probabilities: probabilitiesOf(text, result) };
}

/**
 * Probabilities that text tokens had when they were decoded; undefined where the decoding is of another text, or a part of it was
 * given and so never decoded.
 */
export function probabilitiesAsDecoded(
  textTokens: readonly number[],
  { result, given }: Pick<AttendedDecoding, 'result' | 'given'>,
  special: WhisperTokenizer['special'],
): readonly number[] | undefined {
  const text = given > 0 ? undefined : findText(textTokens, result, special);
  return text && probabilitiesOf(text, result);
}

function probabilitiesOf(
  indices: readonly number[],
  { tokenLogProbs }: Pick<SearchResult, 'tokenLogProbs'>,
): readonly number[] {
  return indices.map((index) => Math.exp(tokenLogProbs[index]!));
}

/** Where some text tokens are in a decoding that begins with them; undefined where it doesn't. */
function findText(
  textTokens: readonly number[],
  { tokens }: SearchResult,
  special: WhisperTokenizer['special'],
): readonly number[] | undefined {
  const text = tokens
    .map((_, index) => index)
    .filter((index) => isTextToken(tokens[index]!, special))
    .slice(0, textTokens.length);
  return textTokens.some((token, i) => token !== tokens[text[i] ?? -1]) ? undefined : text;
}

/**
 * Feeds the transcript to the decoder once more and reads the times off its cross-attention
 * (openai/whisper `timing.py`, `find_alignment`).
 *
 * @param positions Encoder positions that hold audio.
 * @param known Probabilities of the tokens. Default: those of the second reading, which takes logits at every position and so twice
 *   as long.
 */
export async function timeAnew(
  textTokens: readonly number[],
  encoded: EncodedAudio,
  positions: number,
  language: number | undefined,
  { tokenizer, maxTokens, task, signal }: WindowSettings,
  known?: readonly number[],
): Promise<TimedText> {
  const { special } = tokenizer;
  const { prompt } = buildPrompt(special, { language, task, timestamps: false }, maxTokens);
  // Row `prompt.length − 1`, of <|notimestamps|>, predicts the first token of the text.
  const first = prompt.length - 1;
  signal?.throwIfAborted();
  const run = encoded.startDecoder();
  try {
    const fed = [...prompt, ...textTokens, special.endOfText];
    const logits = await run.append(fed, 1, known ? fed.length - 1 : first);
    const size = run.vocabularySize;
    const probabilities =
      known ??
      textTokens.map((token, i) =>
        textProbability(logits.subarray(i * size, i * size + special.endOfText), token),
      );
    const attention = await run.alignment();
    const timedRows = [first, first + textTokens.length + 1] as const;
    return { starts: tokenStartTimes({ ...attention, timedRows }, positions), probabilities };
  } finally {
    run.dispose();
  }
}

/** Softmax over the text tokens alone. */
function textProbability(logits: Float32Array, token: number): number {
  const sum: RowSum = { argmax: -1, max: -Infinity, sum: 0 };
  sumRow(logits, 0, logits.length, sum);
  return Math.exp((logits[token] ?? -Infinity) - logSumExp(sum));
}
