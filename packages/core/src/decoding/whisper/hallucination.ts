import type { Word } from '../../transcript/transcript.js';
import { APPENDED_PUNCTUATION, PREPENDED_PUNCTUATION } from './punctuation.js';
import { FRAMES_PER_SECOND } from './token-ids.js';

/** What the rules read of a segment. Times are seconds from the start of the audio. */
export interface WordedSegment {
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
  /** In order of time. */
  readonly words: readonly Word[];
}

/** The window that the segments are from. Times are seconds from the start of the audio. */
export interface HallucinationWindow {
  /** Silence longer than this around a suspicious segment makes it a hallucination. Seconds. */
  readonly threshold: number;
  /** Where the window begins. */
  readonly timeOffset: number;
  /** Length of the window's audio, at most 30 s. */
  readonly duration: number;
  /** Where a full window of 30 s would end, whether there is audio or not. */
  readonly windowEnd: number;
  /** Where the audio ends. */
  readonly contentEnd: number;
  /** Where the last word before this window ended. */
  readonly lastSpeechEnd: number;
  /** Whether the window's tokens end in a single timestamp: then all of it was transcribed. */
  readonly singleTimestampEnding: boolean;
  /** Where decoding would go on, in frames of 10 ms. */
  readonly seek: number;
}

/** What to do with a window. */
export interface HallucinationVerdict<S> {
  /** The segments to keep. */
  readonly segments: readonly S[];
  /** Where to go on, in frames of 10 ms. */
  readonly seek: number;
  /** The window began in silence and is to be decoded again from `seek`; nothing of it counts. */
  readonly redo: boolean;
}

const PUNCTUATION = PREPENDED_PUNCTUATION + APPENDED_PUNCTUATION;

/**
 * How little a word looks like speech: improbable, under 133 ms or over 2 s. 0 is normal; a word that is both
 * improbable and instantaneous has about 3.
 */
export function wordAnomalyScore(word: Word): number {
  const duration = word.end - word.start;
  let score = (word.confidence ?? 1) < 0.15 ? 1 : 0;
  if (duration < 0.133) score += (0.133 - duration) * 15;
  if (duration > 2) score += duration - 2;
  return score;
}

/** Whether the first eight words of a segment look like a hallucination. False for a segment without words. */
export function isSegmentAnomalous(segment: Pick<WordedSegment, 'words'> | undefined): boolean {
  if (segment === undefined || segment.words.length === 0) return false;
  const words = segment.words.filter((word) => !PUNCTUATION.includes(word.text)).slice(0, 8);
  const score = words.reduce((sum, word) => sum + wordAnomalyScore(word), 0);
  return score >= 3 || score + 0.01 >= words.length;
}

/** End of the last word of some segments. */
export function lastWordEnd(segments: readonly Pick<WordedSegment, 'words'>[]): number | undefined {
  return segments.findLast((segment) => segment.words.length > 0)?.words.at(-1)?.end;
}

/**
 * Where to go on when word times are known: after the last word, if tokens did not end in a single timestamp.
 *
 * @param window Its start in seconds (`timeOffset`), and where decoding would go on otherwise (`seek`, in frames of
 *   10 ms from the start of the audio).
 * @returns A position in frames of 10 ms.
 */
export function seekAfterWords(
  segments: readonly Pick<WordedSegment, 'words'>[],
  window: { readonly timeOffset: number; readonly singleTimestampEnding: boolean; readonly seek: number },
): number {
  const end = lastWordEnd(segments);
  if (window.singleTimestampEnding || end === undefined || end <= window.timeOffset) return window.seek;
  return Math.round(end * FRAMES_PER_SECOND);
}

/**
 * Drops what was likely made up from silence, and moves on past the silence (openai/whisper's
 * `hallucination_silence_threshold`). Suspicious segments go when silence, or another suspicious segment, is on
 * both sides; what follows in the window is decoded again.
 */
export function skipHallucinations<S extends WordedSegment>(
  segments: readonly S[],
  window: HallucinationWindow,
): HallucinationVerdict<S> {
  const { threshold, timeOffset, contentEnd } = window;
  const first = segments.find((segment) => segment.words.length > 0);
  if (first !== undefined && isSegmentAnomalous(first)) {
    const gap = first.start - timeOffset;
    if (gap > threshold) {
      const seek = toFrames(timeOffset) + toFrames(gap);
      return { segments: [], seek, redo: true };
    }
  }

  let previousEnd = window.lastSpeechEnd;
  for (const [index, segment] of segments.entries()) {
    if (segment.words.length === 0) continue;
    if (isSegmentAnomalous(segment)) {
      const next = segments.slice(index + 1).find((later) => later.words.length > 0);
      const nextStart = next?.words[0]?.start ?? timeOffset + window.duration;
      const silenceBefore =
        segment.start - previousEnd > threshold ||
        segment.start < threshold ||
        segment.start - timeOffset < 2;
      const silenceAfter =
        nextStart - segment.end > threshold || isSegmentAnomalous(next) || window.windowEnd - segment.end < 2;
      if (silenceBefore && silenceAfter) {
        const rest =
          contentEnd - segment.end < threshold ? contentEnd : Math.max(timeOffset + 1, segment.start);
        return { segments: segments.slice(0, index), seek: toFrames(rest), redo: false };
      }
    }
    previousEnd = segment.end;
  }
  return { segments, seek: seekPastSilence(segments, window), redo: false };
}

/** To the last word, if a silence above the threshold follows it in the window; else to the window's end. */
function seekPastSilence(segments: readonly WordedSegment[], window: HallucinationWindow): number {
  const end = lastWordEnd(segments);
  if (window.singleTimestampEnding || end === undefined || end <= window.timeOffset) return window.seek;
  return toFrames(window.windowEnd - end > window.threshold ? end : window.timeOffset + window.duration);
}

function toFrames(seconds: number): number {
  return Math.round(seconds * FRAMES_PER_SECOND);
}
