import type { WindowSegment } from './segments.js';

/** A stretch without speech. */
export interface Pause {
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
}

/** Pauses with some of the segment on both sides. */
export function pausesInside(
  { start, end }: Pick<WindowSegment, 'start' | 'end'>,
  pauses: readonly Pause[],
): readonly Pause[] {
  return pauses.filter((pause) => pause.start > start && pause.end < end);
}

/** How far from its pause the boundary between two words may have been found. Seconds. */
export const REACH = 0.3;

/**
 * Where the window starts that reads on behind a cut. Whisper often places the time between two sentences in the first word
 * after the pause, which a window from there on would miss; so it starts in the middle of the pause.
 *
 * @param time What was decoded, in seconds from the start of the audio.
 * @param pauses In order and apart.
 * @returns The middle of the pause that is closest, or `time` where none is within 0.3 s.
 */
export function readOnFrom(time: number, pauses: readonly Pause[]): number {
  let found = time;
  let least = REACH;
  for (const { start, end } of pauses) {
    const distance = Math.max(start - time, time - end, 0);
    if (distance >= least) continue;
    least = distance;
    found = (start + end) / 2;
  }
  return found;
}
