import type { Word } from '../../transcript/transcript.js';
import { APPENDED_PUNCTUATION, mergePunctuation, PREPENDED_PUNCTUATION } from './punctuation.js';
import { durationLimits, fitWordsToSegment, shortenAtSentenceEnds } from './word-durations.js';
import type { MutableSpan } from './word-durations.js';
import type { AlignedWord } from './word-timing.js';

/** What a segment must have to be given words. Times are seconds from the start of the audio. */
export interface UntimedSegment {
  /** Seconds. */
  readonly start: number;
  /** Seconds. */
  readonly end: number;
  /** Timestamps and control tokens included. */
  readonly tokens: readonly number[];
}

/** Options of `addWordTimestamps`. All times are seconds from the start of the audio. */
export interface WordTimestampOptions {
  /** Whether a token is text; others are not counted (`WhisperTokenizer.isText`). */
  readonly isText: (token: number) => boolean;
  /** Where the window begins. */
  readonly timeOffset: number;
  /** Where the audio ends; no word goes beyond. */
  readonly audioEnd: number;
  /** Where the last word of the windows before ended; 0 at the start. */
  readonly lastSpeechEnd: number;
  /** Marks that belong to the next word. Default: openai/whisper's. */
  readonly prependPunctuation?: string;
  /** Marks that belong to the word before. Default: openai/whisper's. */
  readonly appendPunctuation?: string;
}

/**
 * Gives the words of a window to its segments, with the corrections of openai/whisper `add_word_timestamps`:
 * overlong words at sentence ends and after pauses are shortened, punctuation is merged, and segment and word
 * times are brought into agreement. Times are rounded to 10 ms.
 *
 * Words come out ordered and inside the audio, whatever the alignment: none starts before the one before it
 * ends, none ends before it starts or after `audioEnd`.
 *
 * @param segments Segments of one window, in order.
 * @param alignment Words of the text tokens of all these segments, in order, as from `alignWords`.
 * @returns The segments with new times and words. A segment without words keeps its times.
 */
export function addWordTimestamps<S extends UntimedSegment>(
  segments: readonly S[],
  alignment: readonly AlignedWord[],
  options: WordTimestampOptions,
): (S & { readonly words: readonly Word[] })[] {
  const limits = durationLimits(alignment);
  const words = mergePunctuation(
    shortenAtSentenceEnds(alignment, limits),
    options.prependPunctuation ?? PREPENDED_PUNCTUATION,
    options.appendPunctuation ?? APPENDED_PUNCTUATION,
  );
  let next = 0;
  let lastSpeechEnd = options.lastSpeechEnd;
  let floor = Math.max(0, Math.min(options.lastSpeechEnd, options.timeOffset, options.audioEnd));
  return segments.map((segment) => {
    const textTokens = segment.tokens.filter((token) => options.isText(token)).length;
    const own: (MutableSpan & { text: string; confidence: number })[] = [];
    for (let taken = 0; next < words.length && taken < textTokens; next++) {
      const word = words[next]!;
      taken += word.tokens.length;
      if (word.text === '') continue;
      own.push({
        text: word.text,
        start: roundTime(options.timeOffset + word.start),
        end: roundTime(options.timeOffset + word.end),
        confidence: word.probability,
      });
    }
    if (own.length === 0) return { ...segment, words: [] };
    const span: MutableSpan = { start: segment.start, end: segment.end };
    fitWordsToSegment(own, span, limits, lastSpeechEnd);
    for (const word of own) {
      word.start = clamp(roundTime(word.start), floor, options.audioEnd);
      word.end = clamp(roundTime(word.end), word.start, options.audioEnd);
      floor = word.end;
    }
    span.start = clamp(roundTime(span.start), 0, options.audioEnd);
    span.end = clamp(roundTime(span.end), span.start, options.audioEnd);
    lastSpeechEnd = span.end;
    return { ...segment, ...span, words: own };
  });
}

/** To 10 ms. */
function roundTime(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
