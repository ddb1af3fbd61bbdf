import type { Word } from '../../transcript/transcript.js';
import { lastWordEnd, seekAfterWords, skipHallucinations } from './hallucination.js';
import { addWordTimestamps } from './segment-words.js';
import type { WindowSegment } from './segments.js';
import { FRAMES_PER_SECOND, WINDOW_FRAMES } from './token-ids.js';
import type { WordOptions } from './transcribe.js';
import type { WindowRange } from './window-source.js';
import type { AlignedWord } from './word-timing.js';

/** A segment whose words have times, where they were asked for. */
export interface TimedSegment extends WindowSegment {
  readonly words?: readonly Word[];
}

/** A window that was cut into segments. */
export interface CutWindow {
  readonly range: WindowRange;
  /** Where its last timestamp says that the next window starts. Frames. */
  readonly seek: number;
  /** Whether it ends in a single timestamp. */
  readonly singleEnding: boolean;
  /** Frames in the audio. */
  readonly frames: number;
  /** Where the last word of the windows before ends. Seconds. */
  readonly lastSpeechEnd: number;
  readonly isText: (token: number) => boolean;
}

/** What words say about a window. */
export interface TimedWindow {
  readonly segments: readonly TimedSegment[];
  /** Where the next window starts. Frames. */
  readonly seek: number;
  /** Whether nothing of the window counts, and it is to be decoded again from `seek`. */
  readonly redo: boolean;
  /** Where the last word so far ends. Seconds. */
  readonly lastSpeechEnd: number;
}

/** Gives the segments of a window their words, and draws from the words' times where the next window starts. */
export function addWindowWords(
  segments: readonly WindowSegment[],
  alignment: readonly AlignedWord[],
  words: WordOptions,
  { range, seek: seekBySegments, singleEnding, frames, lastSpeechEnd, isText }: CutWindow,
): TimedWindow {
  const timeOffset = range.seek / FRAMES_PER_SECOND;
  const duration = range.size / FRAMES_PER_SECOND;
  const timed = addWordTimestamps(segments, alignment, {
    ...words,
    isText,
    timeOffset,
    audioEnd: (range.seek + range.size) / FRAMES_PER_SECOND,
    lastSpeechEnd,
  });
  const window = {
    timeOffset,
    duration,
    windowEnd: (range.seek + WINDOW_FRAMES) / FRAMES_PER_SECOND,
    contentEnd: frames / FRAMES_PER_SECOND,
    lastSpeechEnd,
    singleTimestampEnding: singleEnding,
    seek: seekBySegments,
  };
  const seek = (words.seekByWords ?? true) ? seekAfterWords(timed, window) : seekBySegments;
  const threshold = words.hallucinationSilenceThreshold;
  const verdict =
    threshold === undefined
      ? { segments: timed, seek, redo: false }
      : skipHallucinations(timed, { ...window, seek, threshold });
  return {
    ...verdict,
    lastSpeechEnd: verdict.redo ? lastSpeechEnd : (lastWordEnd(verdict.segments) ?? lastSpeechEnd),
  };
}
