import { OptionReader } from '../option-reader.js';

/**
 * When a probability curve counts as speech. Names and defaults are those of Silero's `get_speech_timestamps`
 * (silero-vad, `utils_vad.py`), in seconds. Durations are rounded to whole samples.
 */
export interface SpeechSegmenterOptions {
  /** Speech starts in a window that is at least this probable, above 0 up to 1. Default 0.5. */
  readonly threshold?: number;
  /**
   * Silence starts in a window that is less probable than this; between the two thresholds, what was goes on. From 0 up
   * to `threshold`. Default `threshold − 0.15`, but at least 0.01.
   */
  readonly negativeThreshold?: number;
  /** Speech must be longer than this. From 0. Default 0.25 s: shorter sounds are mostly clicks and coughs. */
  readonly minSpeechDuration?: number;
  /** Longer speech is cut, at a pause where it has one. Above 0. Default: speech is as long as it is. */
  readonly maxSpeechDuration?: number;
  /** A pause shorter than this doesn't end speech. From 0. Default 0.1 s. */
  readonly minSilenceDuration?: number;
  /** What counts as a pause to cut at for `maxSpeechDuration`. From 0. Default 0.098 s. */
  readonly minSilenceAtMaxSpeech?: number;
  /** Which pause `maxSpeechDuration` cuts at: the `longest` (the default) or the `last`. */
  readonly cutAt?: 'longest' | 'last';
  /** Added to both ends of speech, up to the middle of the pause to its neighbour. From 0. Default 0.03 s. */
  readonly speechPadding?: number;
}

/** {@link SpeechSegmenterOptions} with defaults filled in, lengths in samples. */
export interface ResolvedSegmenterOptions {
  readonly sampleRate: number;
  readonly windowSize: number;
  readonly threshold: number;
  readonly negativeThreshold: number;
  readonly minSpeech: number;
  /** Already without the window and the padding that the cut adds. */
  readonly maxSpeech: number;
  readonly minSilence: number;
  readonly minCutSilence: number;
  readonly cutAt: 'longest' | 'last';
  readonly padding: number;
}

/** What one probability stands for. */
export interface ProbabilityWindows {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples between one probability and the next. */
  readonly windowSize: number;
}

/** Windows of Silero's models at 16 kHz: 32 ms. */
export const SILERO_WINDOWS: ProbabilityWindows = { sampleRate: 16_000, windowSize: 512 };

/**
 * Checks segmenter options and fills in the defaults.
 *
 * @param path Name of the options in messages.
 * @throws TypeError for an option of the wrong type or an unknown one, RangeError for a value that can't work.
 */
export function resolveSegmenterOptions(
  options: SpeechSegmenterOptions = {},
  { sampleRate, windowSize }: ProbabilityWindows = SILERO_WINDOWS,
  path = 'options',
): ResolvedSegmenterOptions {
  const read = new OptionReader(path, options);
  const samples = (key: string, seconds: number): number =>
    Math.round(read.number(key, seconds, { from: 0 }) * sampleRate);
  const threshold = read.number('threshold', 0.5, { above: 0, to: 1 });
  const padding = samples('speechPadding', 0.03);
  const longest = maxSpeechDuration(read);
  const resolved = {
    sampleRate,
    windowSize,
    threshold,
    negativeThreshold: read.number(
      'negativeThreshold',
      Math.min(threshold, Math.max(threshold - 0.15, 0.01)),
      {
        from: 0,
        to: threshold,
      },
    ),
    minSpeech: samples('minSpeechDuration', 0.25),
    maxSpeech: Math.round(longest * sampleRate) - windowSize - 2 * padding,
    minSilence: samples('minSilenceDuration', 0.1),
    minCutSilence: samples('minSilenceAtMaxSpeech', 0.098),
    cutAt: read.choice('cutAt', ['longest', 'last']),
    padding,
  };
  read.finish();
  if (resolved.maxSpeech <= 0) {
    throw new RangeError(
      `${path}.maxSpeechDuration: expected more than a window and the padding on both sides ` +
        `(${(windowSize + 2 * padding) / sampleRate} s), found ${longest}.`,
    );
  }
  return resolved;
}

/** `Infinity` is a value of its own here, which numbers of options are not otherwise. */
function maxSpeechDuration(read: OptionReader): number {
  const value = read.take('maxSpeechDuration') ?? Infinity;
  return value === Infinity ? value : read.checkNumber('maxSpeechDuration', value, { above: 0 });
}
