import type { AlignedWord } from './word-timing.js';

/** Durations that words of one window are judged by, in seconds. */
export interface DurationLimits {
  /** Median duration of the words that have any, at most 0.7 s. */
  readonly median: number;
  /** Twice the median: longer words are suspect. */
  readonly max: number;
}

const LONGEST_MEDIAN = 0.7;
/** Segment times differing by more than this from a word's are trusted more than the word's. */
const SEGMENT_TOLERANCE = 0.5;
const SENTENCE_ENDS = '.。!！?？';

/** Median and maximum durations of a window's words, before punctuation is merged. */
export function durationLimits(words: readonly AlignedWord[]): DurationLimits {
  const durations = words
    .map((word) => word.end - word.start)
    .filter((duration) => duration !== 0)
    .sort((a, b) => a - b);
  const half = durations.length >> 1;
  const middle =
    durations.length === 0
      ? 0
      : durations.length % 2 === 1
        ? durations[half]!
        : (durations[half - 1]! + durations[half]!) / 2;
  const median = Math.min(LONGEST_MEDIAN, middle);
  return { median, max: 2 * median };
}

/**
 * Shortens overlong words at sentence ends, where attention drifts over the pause: a mark keeps its start, the
 * word after a mark keeps its end.
 */
export function shortenAtSentenceEnds(words: readonly AlignedWord[], limits: DurationLimits): AlignedWord[] {
  return words.map((word, i) => {
    const previous = words[i - 1];
    if (previous === undefined || word.end - word.start <= limits.max) return word;
    if (isSentenceEnd(word)) return { ...word, end: word.start + limits.max };
    if (isSentenceEnd(previous)) return { ...word, start: word.end - limits.max };
    return word;
  });
}

function isSentenceEnd(word: AlignedWord): boolean {
  return word.text.length === 1 && SENTENCE_ENDS.includes(word.text);
}

/** Start and end that the rules below may change. Seconds from the start of the audio. */
export interface MutableSpan {
  start: number;
  end: number;
}

/**
 * Words of one segment against the pause before it and the segment's own times (openai/whisper
 * `add_word_timestamps`). Changes the spans in place.
 *
 * @param words At least one.
 * @param lastSpeechEnd Where speech before this segment ended.
 */
export function fitWordsToSegment(
  words: readonly MutableSpan[],
  segment: MutableSpan,
  limits: DurationLimits,
  lastSpeechEnd: number,
): void {
  const { median, max } = limits;
  const first = words[0]!;
  const second = words[1];
  const last = words.at(-1)!;

  // After a pause, the first words tend to reach back into it.
  const afterPause = first.end - lastSpeechEnd > 4 * median;
  const tooLong =
    first.end - first.start > max || (second !== undefined && second.end - first.start > 2 * max);
  if (afterPause && tooLong) {
    if (second !== undefined && second.end - second.start > max) {
      const boundary = Math.max(second.end / 2, second.end - max);
      first.end = boundary;
      second.start = boundary;
    }
    first.start = Math.max(0, first.end - max);
  }

  if (segment.start < first.end && segment.start - SEGMENT_TOLERANCE > first.start) {
    first.start = Math.max(0, Math.min(first.end - median, segment.start));
  } else {
    segment.start = first.start;
  }
  if (segment.end > last.start && segment.end + SEGMENT_TOLERANCE < last.end) {
    last.end = Math.max(last.start + median, segment.end);
  } else {
    segment.end = last.end;
  }
}
