import { FRAMES_PER_SECOND } from './token-ids.js';

/** A part of the audio, in seconds. */
export interface ClipRange {
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Default: the end of the audio. */
  readonly end?: number | undefined;
}

/** @throws RangeError when ranges are empty, negative, out of order or overlap. */
export function checkClipRanges(ranges: readonly ClipRange[]): void {
  let reached = 0;
  for (const [index, { start, end = Infinity }] of ranges.entries()) {
    if (!(start >= reached) || !(end > start) || start === Infinity) {
      throw new RangeError(
        `clipRanges[${index}]: expected ${reached} ≤ start < end, found start ${start}, end ${end}.`,
      );
    }
    reached = end;
  }
}

/** Frame ranges `[start, end)` of the clips that lie inside `frames`; the whole audio when there are none. */
export function clipFrames(
  ranges: readonly ClipRange[],
  frames: number,
): readonly { readonly start: number; readonly end: number }[] {
  if (ranges.length === 0) return frames > 0 ? [{ start: 0, end: frames }] : [];
  const toFrame = (seconds: number): number => Math.min(Math.round(seconds * FRAMES_PER_SECOND), frames);
  return ranges
    .map(({ start, end }) => ({ start: toFrame(start), end: end === undefined ? frames : toFrame(end) }))
    .filter(({ start, end }) => start < end);
}
