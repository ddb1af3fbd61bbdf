import type { ClipRange } from '../../decoding/whisper/clip-ranges.js';
import type { LanguageProbability } from '../../decoding/whisper/language-detection.js';
import type { Pause } from '../../decoding/whisper/pauses.js';
import type { Segment } from '../../transcript/transcript.js';

/** Rate of all audio that Whisper hears. Hz. */
export const SAMPLE_RATE = 16_000;

/** What of a recording is to be transcribed, and where it is in the recording. */
export interface HeardAudio {
  /** Mono, 16 kHz. */
  readonly samples: Float32Array;
  /** Parts of `samples` to be decoded on their own, in seconds. Empty: all of it. */
  readonly clipRanges: readonly ClipRange[];
  /** Where nobody speaks between two stretches of speech, in seconds of `samples`. */
  readonly pauses: readonly Pause[];
  /** Where the language is told by utterances and not by windows: the one spoken longest, and that of a frame of `samples`. */
  readonly languages?: {
    readonly main: LanguageProbability | undefined;
    readonly at: (frame: number) => string;
  };
  /** Length of the recording. Seconds. */
  readonly duration: number;
  /** Seconds of the recording that are done when those of `samples` are. */
  readonly progress: (seconds: number) => number;
  /** Moves a segment of `samples` to where it is in the recording. */
  readonly restore: (segment: Segment) => Segment;
  /** Moves the ends of the next segment of the recording to pauses, where those are known. */
  readonly snap: (segment: Segment) => Segment;
}

/** All of the recording, or its clips. */
export function hearAll(samples: Float32Array, clipRanges: readonly ClipRange[]): HeardAudio {
  return {
    samples,
    clipRanges,
    pauses: [],
    duration: samples.length / SAMPLE_RATE,
    progress: (seconds) => seconds,
    restore: (segment) => segment,
    snap: (segment) => segment,
  };
}
