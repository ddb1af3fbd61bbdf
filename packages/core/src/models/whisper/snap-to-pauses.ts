import type { Segment } from '../../transcript/transcript.js';
import type { SpeechSpan } from '../../vad/speech-segmenter.js';

/** Shorter pauses are inside of sentences and words as often as between segments. Seconds. */
const SHORTEST_PAUSE = 0.3;
/** How far from its pause a boundary may have been decoded. Seconds. */
const REACH = 0.5;

interface Pause {
  readonly start: number;
  readonly end: number;
}

/**
 * Moves the ends of segments to the pauses that a detector found. Where segments follow each other, Whisper decodes one
 * time for the end of the first and the start of the second, and places it in the speech before the pause as often as in
 * the pause.
 *
 * A time moves at most 0.5 s through speech. The segments must come in order; those with words are left as they are,
 * their times are those of the words.
 */
export class PauseSnapper {
  readonly #pauses: readonly Pause[];
  /** The end of the last segment. */
  #reached = 0;

  /** @param speech All speech of the recording, in order. */
  constructor(speech: readonly SpeechSpan[]) {
    const edges = [-Infinity, ...speech.flatMap(({ start, end }) => [start, end]), Infinity];
    const pauses: Pause[] = [];
    for (let i = 0; i < edges.length; i += 2) pauses.push({ start: edges[i]!, end: edges[i + 1]! });
    this.#pauses = pauses.filter(({ start, end }) => end - start >= SHORTEST_PAUSE);
  }

  /** The segment with its times moved. */
  next(segment: Segment): Segment {
    const snapped = segment.words === undefined ? this.#snap(segment) : segment;
    this.#reached = snapped.end;
    return snapped;
  }

  #snap(segment: Segment): Segment {
    const before = this.#nearest(segment.start);
    const free = before && before.end >= this.#reached && before.end < segment.end;
    // The segment before may have been given the beginning of this one.
    const start = free ? before.end : Math.max(segment.start, this.#reached);
    const after = this.#nearest(segment.end);
    const end = after && after.start > start ? after.start : segment.end;
    return { ...segment, start, end: Math.max(start, end) };
  }

  /** The pause that a time is in, or the closest one in reach. */
  #nearest(time: number): Pause | undefined {
    let best: Pause | undefined;
    let least = REACH;
    for (const pause of this.#pauses) {
      if (pause.start - time > REACH) break;
      const distance = Math.max(pause.start - time, time - pause.end, 0);
      if (distance <= least) {
        best = pause;
        least = distance;
      }
    }
    return best;
  }
}
