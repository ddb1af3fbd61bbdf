import { EnergyGate } from '../../streaming/energy-gate.js';
import { IncrementalDecoder } from '../../streaming/incremental-decoder.js';
import type { OpenDecoder } from '../../streaming/live-decoder.js';
import type { StreamOptions } from '../../streaming/stream-options.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import { SAMPLE_RATE } from './channel-transcription.js';
import type { WhisperGraphs } from './graphs.js';
import { planLiveTranscription } from './live-plan.js';
import { LiveWhisper } from './live-whisper.js';
import { DEFAULT_THRESHOLDS } from './speech-windows.js';

/** Where words count as confirmed; `benchmarks/streaming` compares it with others. */
const RULES = { agreedMargin: 0.2, sureMargin: 0.6, sure: 0.8 };

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
  const { speech } = live;
  return (signal) =>
    new IncrementalDecoder({
      model: new LiveWhisper(graphs, tokenizer, live, signal),
      gate: speech ? speech.vad.stream(speech.thresholds) : new EnergyGate(SAMPLE_RATE, DEFAULT_THRESHOLDS),
      plan,
      words: live.words,
      maxPause: speech ? (2 * speech.padding) / 100 : 1,
      rules: RULES,
      clock: () => performance.now() / 1000,
    });
}
