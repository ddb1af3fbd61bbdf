import { AsrError } from '../../errors.js';
import type { StreamOptions } from '../../streaming/stream-options.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { WhisperGraphs } from './graphs.js';
import type { WhisperDecoding } from './options.js';
import { planTranscription, type TranscriptionPlan } from './transcription-plan.js';

/** Decoding options that need the whole recording, with the reason. */
const WHOLE_RECORDING = {
  clipRanges: 'live audio is transcribed as it comes; leave out what is not to be heard',
  prefix: 'what live audio begins with is not known',
  hallucinationSilenceThreshold:
    'silence is left out of live audio; its thresholds are those of vad and endpoint',
  wordConfidence: 'words of live audio have the probabilities of the reading that wordAlignment names',
  trimSilence: 'segments of live audio end where speech does',
  nBest: 'a segment of live audio is what was confirmed, of which there is one',
  languageDetectionWindows: 'the language of live audio is told by its first utterance',
  audioContext: 'chosen anew by every reading',
  maxInitialTimestamp: 'live audio is decoded without timestamp tokens; its times are those of the words',
} as const satisfies Partial<Record<keyof WhisperDecoding, string>>;

/**
 * Checks the options of a live stream and turns texts into tokens. Windows are decoded without timestamp tokens: half of the
 * audio they would tell the end of is not there yet.
 *
 * @throws TypeError, RangeError for options that can't be; AsrError `OPTION_UNSUPPORTED` for those that this model, or live
 * audio, can't honour.
 */
export function planLiveTranscription(
  options: StreamOptions,
  graphs: WhisperGraphs,
  tokenizer: WhisperTokenizer,
): TranscriptionPlan {
  const { language, task, timestamps, prompt, vad, decoding } = options;
  const given = {
    ...(language !== undefined && { language }),
    ...(task !== undefined && { task }),
    ...(prompt !== undefined && { prompt }),
    ...(vad !== undefined && { vad }),
    ...(decoding !== undefined && { decoding }),
  };
  // Once with the timestamps that were asked for, which may be none that this model can give.
  const asked = planTranscription({ ...given, ...(timestamps && { timestamps }) }, graphs, tokenizer);
  for (const [name, reason] of Object.entries(WHOLE_RECORDING)) {
    if (decoding && name in decoding) {
      throw new AsrError('OPTION_UNSUPPORTED', `decoding.${name}: can't be honoured in a stream: ${reason}.`);
    }
  }
  const { rules } = planTranscription({ ...given, timestamps: 'none' }, graphs, tokenizer);
  return { ...asked, rules };
}
