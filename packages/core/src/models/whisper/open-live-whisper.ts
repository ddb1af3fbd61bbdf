import { IncrementalDecoder } from '../../streaming/incremental-decoder.js';
import type { OpenDecoder } from '../../streaming/live-decoder.js';
import { openSpeechGate } from '../../streaming/speech-gate.js';
import type { StreamOptions } from '../../streaming/stream-options.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import { SAMPLE_RATE } from './channel-transcription.js';
import type { WhisperGraphs } from './graphs.js';
import { planLiveTranscription } from './live-plan.js';
import { LiveWhisper } from './live-whisper.js';

/**
 * Prepares live decoding with Whisper.
 *
 * @throws As {@link planLiveTranscription}.
 */
export function openLiveWhisper(
  graphs: WhisperGraphs,
  tokenizer: WhisperTokenizer,
  options: StreamOptions,
  plan: StreamPlan,
): OpenDecoder {
  const live = planLiveTranscription(options, graphs, tokenizer);
  return (signal) =>
    new IncrementalDecoder({
      model: new LiveWhisper(graphs, tokenizer, live, signal),
      ...openSpeechGate(live.speech, SAMPLE_RATE),
      plan,
      words: live.words,
      clock: () => performance.now() / 1000,
    });
}
