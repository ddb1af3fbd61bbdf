import type { WhisperTokenIds } from './token-ids.js';

/** What precedes the tokens to be sampled. All lists are token ids without control tokens. */
export interface PromptParts {
  /** Id of `<|en|>`, `<|es|>` …; leave out for English-only models, which take neither language nor task. */
  readonly language?: number | undefined;
  /** Default `transcribe`. */
  readonly task?: 'transcribe' | 'translate' | undefined;
  /** `false` asks for text without timestamps. Default true. */
  readonly timestamps?: boolean | undefined;
  /** Text before the window: an initial prompt, what was said before. Its end is kept, see `previousTextLimit`. */
  readonly previous?: readonly number[] | undefined;
  /** Words to listen for; they stand before the previous text, and it gives way to them. */
  readonly hotwords?: readonly number[] | undefined;
  /** How the transcript of the window begins. */
  readonly prefix?: readonly number[] | undefined;
}

/** A decoder prompt and its landmarks, as `SearchRequest` takes them. */
export interface DecoderPrompt {
  /** Token ids that the decoder is fed before it decodes. */
  readonly prompt: readonly number[];
  /** Index of `<|startoftranscript|>`. */
  readonly startIndex: number;
  /** Index from which the tokens belong to the transcript; `prompt.length` without a prefix. */
  readonly transcriptIndex: number;
}

/** How many tokens of previous text a model takes: half its context less one, 223. */
export function previousTextLimit(maxTokens: number): number {
  return Math.floor(maxTokens / 2) - 1;
}

/**
 * Builds `[<|startofprev|> hotwords previous] <|startoftranscript|> [language task] [<|notimestamps|>] [prefix]`
 * (openai/whisper `_get_initial_tokens`, hotwords as in faster-whisper).
 *
 * With timestamps, a prefix is preceded by `<|0.00|>` and both count as decoded. The reference puts the bare text there
 * and then demands a timestamp as the first token, upon which the model ends the text at once.
 *
 * @param maxTokens The model's context (448).
 * @throws RangeError when hotwords or prefix are longer than `previousTextLimit`.
 */
export function buildPrompt(tokens: WhisperTokenIds, parts: PromptParts, maxTokens: number): DecoderPrompt {
  const { language, task = 'transcribe', timestamps = true, prefix = [], hotwords = [] } = parts;
  const limit = previousTextLimit(maxTokens);
  requireAtMost('prefix', prefix, limit);
  requireAtMost('hotwords', hotwords, limit);

  const start = [tokens.startOfTranscript];
  if (language !== undefined) start.push(language, tokens[task]);
  else if (task === 'translate') {
    throw new RangeError('task: "translate" needs a language token; English-only models cannot translate.');
  }
  if (!timestamps) start.push(tokens.noTimestamps);
  const transcript = prefix.length > 0 && timestamps ? [tokens.timestampBegin, ...prefix] : prefix;

  // One position for <|startofprev|> and one for the first sampled token.
  const room = maxTokens - start.length - transcript.length - 2;
  const words = hotwords.slice(0, Math.max(0, room));
  const previous = lastOf(parts.previous ?? [], Math.min(limit, room) - words.length);
  const context = words.length + previous.length > 0 ? [tokens.startOfPrevious, ...words, ...previous] : [];
  const startIndex = context.length;
  return {
    prompt: [...context, ...start, ...transcript],
    startIndex,
    transcriptIndex: startIndex + start.length,
  };
}

/** Tokens of prompt text; Whisper's text begins with a space. */
export function encodePromptText(
  text: string,
  encode: (text: string) => readonly number[],
): readonly number[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : encode(` ${trimmed}`);
}

/** The initial prompt and after it as much of the end of `decoded` as fits into `limit` tokens. */
export function carryPrompt(
  initial: readonly number[],
  decoded: readonly number[],
  limit: number,
): readonly number[] {
  const kept = lastOf(initial, limit);
  return [...kept, ...lastOf(decoded, limit - kept.length)];
}

function lastOf(tokens: readonly number[], count: number): readonly number[] {
  return count <= 0 ? [] : tokens.slice(-count);
}

function requireAtMost(option: string, tokens: readonly number[], limit: number): void {
  if (tokens.length > limit) {
    throw new RangeError(`${option}: ${tokens.length} tokens, the model takes at most ${limit}.`);
  }
}
