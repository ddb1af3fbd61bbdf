import { AsrError } from '../../errors.js';
import { mergeRowSums, sumRow, type RowSum } from './row-sum.js';
import { isTextToken, isTimestampToken, type WhisperTokenIds } from './token-ids.js';

/** What a row of logits must obey. */
export interface LogitRuleOptions {
  /** Ids of the model's control tokens. */
  readonly tokens: WhisperTokenIds;
  /** Ids that the tokenizer knows; logits beyond are padding and never chosen. */
  readonly vocabularySize: number;
  /** Ids that may not open a transcript, besides end of text: the blank `" "`. Empty turns the rule off. */
  readonly blankTokens?: readonly number[];
  /** Ids that are never allowed. The control tokens that can't be part of a transcript are always added. */
  readonly suppressTokens?: Iterable<number>;
  /** Whether the timestamp rules hold. `false` goes with `<|notimestamps|>` in the prompt. Default true. */
  readonly timestamps?: boolean;
  /** Latest first timestamp in steps of 0.02 s. Default: none. */
  readonly maxInitialTimestamp?: number | undefined;
  /** Divides (positive) or multiplies (negative) the logits of text that was decoded already. 1 is off, the default. */
  readonly repetitionPenalty?: number;
  /** No run of this many text tokens may occur twice. 0 is off, the default. */
  readonly noRepeatNgramSize?: number;
}

/** A row after the rules. */
export interface RuledRow {
  /** The likeliest token that is left; the lower id of equals. */
  readonly argmax: number;
  /** Its log-probability. */
  readonly logProb: number;
  /** Natural log of the summed exponentials: `row[id] − logSumExp` is the log-probability of any other. */
  readonly logSumExp: number;
}

/** What a search asks of {@link LogitRules}. */
export type RowRules = Pick<LogitRules, 'tokens' | 'vocabularySize' | 'timestamps' | 'apply'>;

/**
 * Whisper's logit filters and the log-softmax after them, in one or two sweeps over the row.
 * The rules are those of openai/whisper `decoding.py` (SuppressBlank, SuppressTokens, ApplyTimestampRules) in
 * its order; repetition penalty and n-grams are CTranslate2's, restricted to text tokens.
 *
 * An object may serve any number of rows one after the other; it keeps no state between them.
 */
export class LogitRules {
  /** Ids of the model's control tokens. */
  readonly tokens: WhisperTokenIds;
  /** Ids that the tokenizer knows. */
  readonly vocabularySize: number;
  /** Whether timestamps are decoded. */
  readonly timestamps: boolean;
  readonly #blank: readonly number[];
  readonly #suppressed: Int32Array;
  readonly #lastInitial: number;
  readonly #penalty: number;
  readonly #ngram: number;
  readonly #textSum: RowSum = { argmax: -1, max: -Infinity, sum: 0 };
  readonly #addedSum: RowSum = { argmax: -1, max: -Infinity, sum: 0 };
  readonly #timeSum: RowSum = { argmax: -1, max: -Infinity, sum: 0 };
  readonly #result = { argmax: -1, logProb: 0, logSumExp: 0 };

  /** @param options One set of rules; it holds for every step and window. */
  constructor(options: LogitRuleOptions) {
    const { tokens, vocabularySize } = options;
    this.tokens = tokens;
    this.vocabularySize = vocabularySize;
    this.timestamps = options.timestamps ?? true;
    this.#blank = options.blankTokens ?? [];
    this.#suppressed = suppressedIds(options);
    const initial = options.maxInitialTimestamp ?? Infinity;
    this.#lastInitial = Math.min(tokens.timestampEnd, tokens.timestampBegin + initial);
    this.#penalty = options.repetitionPenalty ?? 1;
    this.#ngram = options.noRepeatNgramSize ?? 0;
  }

  /**
   * Sets the forbidden entries of `row` to −Infinity and sums up what is left. Should nothing be left, end of
   * text is allowed after all, so a row always has a choice.
   *
   * @param row Raw logits of the next token, one entry per id (padding at the end allowed); changed in place.
   * @param sampled The transcript so far, without the prompt.
   * @param given How many tokens at its start were given (a prefix), not sampled.
   * @returns A view that the next call overwrites.
   * @throws AsrError `BACKEND_FAILED` when the logits are not finite numbers.
   */
  apply(row: Float32Array, sampled: readonly number[], given = 0): RuledRow {
    const { endOfText } = this.tokens;
    const rawEnd = row[endOfText]!;
    if (this.#penalty !== 1) penalizeRepeats(row, sampled, this.#penalty, this.tokens);
    if (this.#ngram > 0) forbidRepeatedRuns(row, sampled, this.#ngram, this.tokens);
    if (sampled.length === given && this.#blank.length > 0) {
      for (const id of this.#blank) row[id] = -Infinity;
      row[endOfText] = -Infinity;
    }
    const suppressed = this.#suppressed;
    for (let i = 0; i < suppressed.length; i++) row[suppressed[i]!] = -Infinity;

    row.fill(-Infinity, this.vocabularySize);
    const sum = this.timestamps ? this.#applyTimestampRules(row, sampled) : this.#textSum;
    if (!this.timestamps) sumRow(row, 0, this.vocabularySize, sum);
    if (sum.argmax < 0) this.#allowEndOfText(row, rawEnd, sum);
    const { max, argmax } = sum;
    const logSum = Math.log(sum.sum);
    if (!(max < Infinity)) throw notFinite();
    this.#result.argmax = argmax;
    this.#result.logProb = 0 - logSum;
    this.#result.logSumExp = max + logSum;
    return this.#result;
  }

  /** Rules a–e of ApplyTimestampRules; returns the sum of what is left. */
  #applyTimestampRules(row: Float32Array, sampled: readonly number[]): RowSum {
    const { tokens } = this;
    const { timestampBegin, timestampEnd } = tokens;
    row[tokens.noTimestamps] = -Infinity;
    const count = sampled.length;
    // Text and control tokens from `textFrom` to the timestamps and timestamps of `[timeFrom, timeTo)` are allowed.
    let textFrom = 0;
    let timeFrom = timestampBegin;
    let timeTo = timestampEnd + 1;
    const afterTime = count > 0 && isTimestampToken(sampled[count - 1]!, tokens);
    if (afterTime && (count < 2 || isTimestampToken(sampled[count - 2]!, tokens))) {
      timeTo = timeFrom; // a segment was opened: text must follow
    } else {
      // Timestamps never decrease, and an opened segment has some length. Without this the seek loop may stall.
      const last = lastTimestamp(sampled, tokens);
      if (last >= 0) timeFrom = afterTime ? last : last + 1;
      if (afterTime) textFrom = tokens.endOfText; // a segment was closed: the next one or the end must follow
    }
    if (count === 0) {
      textFrom = timestampBegin;
      timeTo = this.#lastInitial + 1;
    }
    if (timeFrom > timestampBegin) row.fill(-Infinity, timestampBegin, timeFrom);
    if (timeTo <= timestampEnd) row.fill(-Infinity, timeTo, timestampEnd + 1);

    const time = this.#timeSum;
    sumRow(row, timeFrom, timeTo, time);
    const text = this.#sumText(row, textFrom);
    // Rule e: all timestamps together are likelier than the likeliest other token.
    if (time.argmax >= 0 && time.max + Math.log(time.sum) > text.max) {
      this.#maskText(row, timestampBegin);
      return time;
    }
    mergeRowSums(text, time);
    return text;
  }

  /** Masks text below `from`; sums up text and control tokens from there on. */
  #sumText(row: Float32Array, from: number): RowSum {
    const { timestampBegin, timestampEnd } = this.tokens;
    const text = this.#textSum;
    this.#maskText(row, from);
    sumRow(row, from, timestampBegin, text);
    if (from === 0 && this.vocabularySize > timestampEnd + 1) {
      sumRow(row, timestampEnd + 1, this.vocabularySize, this.#addedSum);
      mergeRowSums(text, this.#addedSum);
    }
    return text;
  }

  /** Masks ids below `from`, and the words that a fine-tune added after the timestamps. */
  #maskText(row: Float32Array, from: number): void {
    if (from === 0) return;
    row.fill(-Infinity, 0, from);
    row.fill(-Infinity, this.tokens.timestampEnd + 1);
  }

  #allowEndOfText(row: Float32Array, rawEnd: number, sum: RowSum): void {
    if (!Number.isFinite(rawEnd) || row.some(Number.isNaN)) throw notFinite();
    row[this.tokens.endOfText] = rawEnd;
    sum.argmax = this.tokens.endOfText;
    sum.max = rawEnd;
    sum.sum = 1;
  }
}

function suppressedIds(options: LogitRuleOptions): Int32Array {
  const { tokens, vocabularySize } = options;
  const ids = [...(options.suppressTokens ?? [])];
  for (const id of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabularySize) {
      throw new RangeError(`suppressTokens: expected ids from 0 to ${vocabularySize - 1}, found ${id}.`);
    }
    if (id === tokens.endOfText) {
      throw new RangeError(`suppressTokens: ${id} is end of text; without it decoding could not stop.`);
    }
  }
  const { transcribe, translate, startOfTranscript, startOfPrevious, startOfLm, noSpeech } = tokens;
  ids.push(transcribe, translate, startOfTranscript, startOfPrevious, startOfLm, noSpeech);
  return Int32Array.from(ids);
}

function lastTimestamp(sampled: readonly number[], tokens: WhisperTokenIds): number {
  for (let i = sampled.length - 1; i >= 0; i--) if (isTimestampToken(sampled[i]!, tokens)) return sampled[i]!;
  return -1;
}

function penalizeRepeats(
  row: Float32Array,
  sampled: readonly number[],
  penalty: number,
  tokens: WhisperTokenIds,
): void {
  for (let i = 0; i < sampled.length; i++) {
    const id = sampled[i]!;
    if (!isTextToken(id, tokens) || sampled.indexOf(id) < i) continue;
    const logit = row[id]!;
    row[id] = logit < 0 ? logit * penalty : logit / penalty;
  }
}

/** Forbids every token that would complete a run of `size` text tokens for the second time; timestamps don't break a run. */
function forbidRepeatedRuns(
  row: Float32Array,
  sampled: readonly number[],
  size: number,
  tokens: WhisperTokenIds,
): void {
  const text = sampled.filter((id) => isTextToken(id, tokens));
  const tail = text.length - (size - 1);
  for (let start = 0; start < tail; start++) {
    let same = 0;
    while (same < size - 1 && text[start + same] === text[tail + same]) same++;
    if (same === size - 1) row[text[start + same]!] = -Infinity;
  }
}

function notFinite(): AsrError {
  return new AsrError(
    'BACKEND_FAILED',
    'The decoder returned logits that are not finite numbers. Its weights or precision do not work on this ' +
      'backend or provider; try fp32, or another provider.',
  );
}
