import type { RowRules } from './logit-rules.js';
import { logSumExp, sumRow, type RowSum } from './row-sum.js';
import type { TokenScorer } from './token-scorer.js';

/** One window to be searched. */
export interface SearchRequest {
  /** All tokens before the first sampled one: prompt, start of transcript, language, task, prefix. */
  readonly prompt: readonly number[];
  /** Index of `<|startoftranscript|>` in `prompt`, where the no-speech probability is read. */
  readonly startIndex: number;
  /**
   * Index in `prompt` from which its tokens count as transcript (a prefix and the timestamp before it); they open
   * `SearchResult.tokens` and are seen by the rules. Default: `prompt.length`, no prefix.
   */
  readonly transcriptIndex?: number;
  /** Applied to every row of logits before a token is chosen. */
  readonly rules: RowRules;
  /** Most tokens to sample. openai/whisper takes half the context, 224. */
  readonly maxNewTokens: number;
  /** Longest history that the model takes, prompt included (448). */
  readonly maxTokens: number;
  /** Checked before every run of the model. */
  readonly signal?: AbortSignal | undefined;
}

/** One transcript of a window and how likely the model finds it. */
export interface Hypothesis {
  /** Text and timestamps, without end of text. */
  readonly tokens: readonly number[];
  /** Natural log-probability of each of `tokens` after the rules; 0 for those that were given. */
  readonly tokenLogProbs: readonly number[];
  /** Sum over the sampled tokens, at temperature 1; end of text is in it when it was reached. */
  readonly sumLogProb: number;
  /** `sumLogProb` divided by the number of sampled tokens + 1. */
  readonly avgLogProb: number;
}

/** A hypothesis among others. */
export interface RankedHypothesis extends Hypothesis {
  /** What it was ranked by: `sumLogProb`, freed of the length as the length penalty says. */
  readonly score: number;
}

/** The chosen hypothesis of a window. */
export interface SearchResult extends Hypothesis {
  /** Probability of `<|nospeech|>` right after `<|startoftranscript|>`, before any rule. */
  readonly noSpeechProb: number;
  /** Temperature of sampling; 0 for greedy and beam search. */
  readonly temperature: number;
  /** All candidates, best first, where the search has several. */
  readonly nBest?: readonly RankedHypothesis[];
}

/** Logits of the first step and what the prompt told about speech. */
export interface FirstStep {
  /** Row of the first token to sample; may be overwritten, valid until the scorer is next called. */
  readonly row: Float32Array;
  readonly noSpeechProb: number;
}

/**
 * Scores the prompt.
 *
 * @throws RangeError when the prompt leaves no room for a token.
 */
export async function scorePrompt(scorer: TokenScorer, request: SearchRequest): Promise<FirstStep> {
  const { prompt, startIndex, rules, maxTokens } = request;
  if (prompt.length > maxTokens) {
    throw new RangeError(`prompt: ${prompt.length} tokens do not fit the model's context of ${maxTokens}.`);
  }
  if (prompt[startIndex] !== rules.tokens.startOfTranscript) {
    throw new RangeError(
      `startIndex: expected <|startoftranscript|> at position ${startIndex} of the prompt.`,
    );
  }
  request.signal?.throwIfAborted();
  const size = scorer.vocabularySize;
  const logits = await scorer.append(prompt, 1, startIndex);
  const start = logits.subarray(0, size);
  const sum: RowSum = { argmax: -1, max: -Infinity, sum: 0 };
  sumRow(start, 0, rules.vocabularySize, sum);
  const noSpeechProb = Math.exp(start[rules.tokens.noSpeech]! - logSumExp(sum));
  return { row: logits.subarray(logits.length - size), noSpeechProb };
}

/** The tokens that were given, which open every hypothesis. */
export function givenTokens(request: SearchRequest): readonly number[] {
  return request.prompt.slice(request.transcriptIndex ?? request.prompt.length);
}

/** How many tokens may be sampled: `maxNewTokens`, and one beyond the last that the context can score. */
export function stepLimit(request: SearchRequest): number {
  return Math.min(request.maxNewTokens, request.maxTokens - request.prompt.length + 1);
}

/**
 * A hypothesis from its tokens, of which `given` were not sampled. `logProbs` are those of the sampled tokens, with end
 * of text's at the end where it was reached.
 */
export function hypothesis(
  given: number,
  tokens: readonly number[],
  logProbs: readonly number[],
  sumLogProb: number,
): Hypothesis {
  const sampled = tokens.length - given;
  const tokenLogProbs = [...Array.from({ length: given }, () => 0), ...logProbs.slice(0, sampled)];
  return { tokens, tokenLogProbs, sumLogProb, avgLogProb: sumLogProb / (sampled + 1) };
}

/** Makes the rows continue their parents; nothing to do when each of `rows` rows continues itself. */
export async function continueRows(
  scorer: TokenScorer,
  parents: readonly number[],
  rows: number,
): Promise<void> {
  if (parents.length === rows && parents.every((parent, row) => parent === row)) return;
  await scorer.select(parents);
}
