import type { LoadDecoder } from '../../streaming/live-streams.js';
import type { StreamOptions } from '../../streaming/stream-options.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
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
): LoadDecoder {
  const live = planLiveTranscription(options, graphs, tokenizer);
  return async () => {
    const { liveWhisperDecoder } = await import('./live-decoder.js');
    return (signal) => liveWhisperDecoder(graphs, tokenizer, live, plan, clock, signal);
  };
}
