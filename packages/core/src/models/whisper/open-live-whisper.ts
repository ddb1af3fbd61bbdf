import { DeferredDecoder } from '../../streaming/deferred-decoder.js';
import type { OpenDecoder } from '../../streaming/live-decoder.js';
import type { StreamOptions } from '../../streaming/stream-options.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import { SAMPLE_RATE } from './heard-audio.js';
import type { WhisperGraphs } from './graphs.js';
import { planLiveTranscription } from './live-plan.js';

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
  clock = (): number => performance.now() / 1000,
): OpenDecoder {
  const live = planLiveTranscription(options, graphs, tokenizer);
  return (signal) =>
    new DeferredDecoder(SAMPLE_RATE, async () => {
      const { liveWhisperDecoder } = await import('./live-decoder.js');
      return liveWhisperDecoder(graphs, tokenizer, live, plan, clock, signal);
    });
}
