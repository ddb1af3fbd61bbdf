import {
  detectLanguage,
  languageProbabilities,
  type LanguageProbability,
} from '../../decoding/whisper/language-detection.js';
import { WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import type { WindowRange } from '../../decoding/whisper/window-source.js';
import type { WhisperSpecialTokens } from '../../text/whisper-special-tokens.js';
import type { HeardAudio } from './heard-audio.js';
import type { ResolvedWhisperDecoding } from './resolve-options.js';
import type { WindowSettings } from './graph-window-source.js';
import { scoreStart, type WindowEncoder } from './window-encoder.js';

/** Frames of 10 ms, the end not included. */
interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/** The language of a recording, told by the first windows of `ranges` that sound; undefined where nothing does. */
export async function detectSpokenLanguage(
  encoder: WindowEncoder,
  ranges: readonly FrameRange[],
  {
    languageDetectionWindows,
    languageDetectionThreshold,
  }: Pick<ResolvedWhisperDecoding, 'languageDetectionWindows' | 'languageDetectionThreshold'>,
  { languages, startOfTranscript }: WhisperSpecialTokens,
  signal: AbortSignal | undefined,
): Promise<LanguageProbability | undefined> {
  const windows = soundingWindows(encoder, ranges, languageDetectionWindows);
  if (windows.length === 0) return undefined;
  return detectLanguage(
    (index) => {
      signal?.throwIfAborted();
      const window = windows[index];
      return window ? encoder.scoreStart(window, startOfTranscript) : Promise.resolve(undefined);
    },
    languages,
    { maxWindows: languageDetectionWindows, threshold: languageDetectionThreshold },
  );
}

/** How the language of every window is told: as its utterances were, or by the window. */
export function windowLanguage(
  { languages: told }: HeardAudio,
  { languages, startOfTranscript }: WhisperSpecialTokens,
): NonNullable<WindowSettings['languageOf']> {
  return async (encoded, { seek }) =>
    told?.at(seek) ??
    languageProbabilities(await scoreStart(encoded, startOfTranscript), languages)[0]!.language;
}

/** Windows that a language can be heard in, end to end, inside of what is to be transcribed. */
function soundingWindows(
  encoder: WindowEncoder,
  ranges: readonly FrameRange[],
  count: number,
): readonly WindowRange[] {
  const windows: WindowRange[] = [];
  for (const { start, end } of ranges) {
    for (let seek = start; seek < end; seek += WINDOW_FRAMES) {
      if (windows.length === count) return windows;
      const window = { seek, size: Math.min(WINDOW_FRAMES, end - seek) };
      if (!encoder.isSilent(window)) windows.push(window);
    }
  }
  return windows;
}
