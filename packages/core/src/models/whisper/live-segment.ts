import type { DecodedWindow } from '../../decoding/whisper/fallback.js';
import { addWordTimestamps } from '../../decoding/whisper/segment-words.js';
import type { AlignedWord } from '../../decoding/whisper/word-timing.js';
import type { HeardWord } from '../../streaming/heard-word.js';
import type { StretchSpan } from '../../streaming/utterance-model.js';
import type { Segment } from '../../transcript/transcript.js';
import type { TranscriptionPlan } from './transcription-plan.js';

/** A word of a live reading. */
export interface WhisperWord extends HeardWord {
  readonly tokens: readonly number[];
  /** Natural log-probability of each of `tokens` when it was decoded. */
  readonly tokenLogProbs: readonly number[];
}

/** What a segment of live audio needs besides its words. */
export interface LiveSegmentContext {
  readonly plan: TranscriptionPlan;
  readonly isText: (token: number) => boolean;
  /** The last reading, where it was decoded. */
  readonly window: DecodedWindow | undefined;
  /** Where every utterance has its own. */
  readonly language: string | undefined;
  /** Seconds. */
  readonly lastSpeechEnd: number;
}

/** One segment of the words of a stretch. Without alignment it lasts as long as its speech. */
export function liveSegment(
  text: string,
  words: readonly WhisperWord[],
  span: StretchSpan,
  { plan, isText, window, language, lastSpeechEnd }: LiveSegmentContext,
): Segment {
  const tokens = words.flatMap((word) => word.tokens);
  const tokenLogProbs = words.flatMap((word) => word.tokenLogProbs);
  const avgLogProb = tokenLogProbs.reduce((sum, one) => sum + one, 0) / tokenLogProbs.length;
  const aligned = words.filter(isAligned);
  const untimed = { ...span.speech, tokens };
  const timed =
    aligned.length < words.length
      ? { ...untimed, words: undefined }
      : addWordTimestamps([untimed], aligned, {
          ...plan.decoding,
          isText,
          timeOffset: span.start,
          audioEnd: span.end,
          lastSpeechEnd,
        })[0]!;
  const { words: found, ...times } = timed;
  return {
    ...times,
    text: text.trim(),
    ...(plan.words && found && { words: found }),
    ...(language !== undefined && { language }),
    confidence: Math.exp(avgLogProb),
    tokenLogProbs,
    avgLogProb,
    ...(window && {
      noSpeechProb: window.noSpeechProb,
      compressionRatio: window.compressionRatio,
      temperature: window.temperature,
    }),
  };
}

function isAligned(word: WhisperWord): word is WhisperWord & AlignedWord {
  return word.start !== undefined && word.end !== undefined;
}
