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
