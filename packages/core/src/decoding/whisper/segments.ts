import {
  FRAMES_PER_SECOND,
  FRAMES_PER_TIMESTAMP,
  isTimestampToken,
  TIMESTAMP_PRECISION,
  WINDOW_FRAMES,
  type WhisperTokenIds,
} from './token-ids.js';

/** A stretch of a window between two timestamps. Times are seconds from the start of the audio. */
export interface WindowSegment {
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
  /** Timestamps included. */
  readonly tokens: readonly number[];
}

/** What a window's tokens say about its segments and where to read on. */
export interface WindowSegments {
  /** In order of time. */
  readonly segments: readonly WindowSegment[];
  /** Frame at which the next window starts; always past this one's start. */
  readonly seek: number;
  /**
   * The window ends in one timestamp after text, which means that the model heard no speech after it: the next window
   * starts at this one's end.
   */
  readonly singleEnding: boolean;
}

/**
 * Cuts a window's tokens into segments and finds where the next window starts (openai/whisper `transcribe.py`).
 *
 * Where two timestamps meet, one segment ends and the next one begins. The speech after the last such pair is read
 * again by the next window, unless the window ends in a single timestamp. Without a pair the whole window is one
 * segment.
 *
 * Beyond the reference, for any token list: the seek position advances by at least one frame and by no more than
 * `size`; segment times don't decrease and stay inside the 30 s of the window. They may lie past `size`, where the
 * model misjudged the end of short audio.
 *
 * @param seek First frame of the window (100 frames per second).
 * @param size Frames of the window that hold audio, 1 … 3000.
 */
export function splitWindow(
  tokens: readonly number[],
  ids: Pick<WhisperTokenIds, 'timestampBegin' | 'timestampEnd'>,
  seek: number,
  size: number,
): WindowSegments {
  const begin = ids.timestampBegin;
  const offset = seek / FRAMES_PER_SECOND;
  const isTime = (index: number): boolean => isTimestampToken(tokens[index]!, ids);
  const seconds = (id: number): number => (id - begin) * TIMESTAMP_PRECISION;
  const count = tokens.length;
  const singleEnding = count >= 2 && isTime(count - 1) && !isTime(count - 2);

  const cuts: number[] = [];
  for (let i = 1; i < count; i++) if (isTime(i) && isTime(i - 1)) cuts.push(i);
  if (cuts.length === 0) {
    const last = tokens.findLast((id) => isTimestampToken(id, ids));
    const duration = last === undefined || last === begin ? size / FRAMES_PER_SECOND : seconds(last);
    const end = offset + Math.min(duration, WINDOW_FRAMES / FRAMES_PER_SECOND);
    return {
      segments: [{ start: offset, end, tokens }],
      seek: seek + size,
      singleEnding,
    };
  }
  if (singleEnding) cuts.push(count);
  const segments: WindowSegment[] = [];
  const limit = offset + WINDOW_FRAMES / FRAMES_PER_SECOND;
  let from = 0;
  let reached = offset;
  for (const to of cuts) {
    const slice = tokens.slice(from, to);
    const opened = isTime(from) ? offset + seconds(slice[0]!) : reached;
    const start = Math.min(Math.max(opened, reached), limit);
    reached = Math.min(Math.max(offset + seconds(slice.at(-1)!), start), limit);
    segments.push({ start, end: reached, tokens: slice });
    from = to;
  }
  const heard = singleEnding ? size : (tokens[from - 1]! - begin) * FRAMES_PER_TIMESTAMP;
  return { segments, seek: seek + Math.min(Math.max(heard, 1), size), singleEnding };
}
