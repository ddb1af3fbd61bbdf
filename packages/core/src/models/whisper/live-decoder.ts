import { IncrementalDecoder } from '../../streaming/incremental-decoder.js';
import type { LiveDecoder } from '../../streaming/live-decoder.js';
import { openSpeechGate } from '../../streaming/speech-gate.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import { SAMPLE_RATE } from './heard-audio.js';
import type { WhisperGraphs } from './graphs.js';
import { LiveLanguage } from './live-language.js';
import { LiveReader } from './live-reader.js';
import { LiveWhisper } from './live-whisper.js';
import type { TranscriptionPlan } from './transcription-plan.js';

/** The decoder of one live stream. */
export function liveWhisperDecoder(
  graphs: WhisperGraphs,
  tokenizer: WhisperTokenizer,
  live: TranscriptionPlan,
  plan: StreamPlan,
  clock: () => number,
  signal: AbortSignal,
): LiveDecoder {
  const language = new LiveLanguage(live, tokenizer.special);
  const reader = new LiveReader(graphs, tokenizer, live, language, signal);
  const { maxTokens } = graphs;
  return new IncrementalDecoder({
    model: new LiveWhisper({ reader, language, tokenizer, plan: live, maxTokens }),
    ...openSpeechGate(live.speech, SAMPLE_RATE),
    plan,
    words: live.words,
    clock,
  });
}
