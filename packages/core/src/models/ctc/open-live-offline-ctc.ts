import { IncrementalDecoder } from '../../streaming/incremental-decoder.js';
import type { OpenDecoder } from '../../streaming/live-decoder.js';
import { openSpeechGate } from '../../streaming/speech-gate.js';
import type { StreamOptions } from '../../streaming/stream-options.js';
import type { StreamPlan } from '../../streaming/stream-plan.js';
import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import { planSpeechSearch } from '../../vad/speech-search.js';
import type { CtcGraph } from './ctc-graph.js';
import { planCtcDecoding } from './decoding-plan.js';
import { LiveOfflineCtc } from './live-offline-ctc.js';

/**
 * Prepares live decoding with a CTC model that carries no state.
 *
 * @throws As `planCtcDecoding`; TypeError, RangeError for a `vad` that can't be.
 */
export function openLiveOfflineCtc(
  graph: CtcGraph,
  vocabulary: CtcVocabulary,
  { vad, ...options }: StreamOptions,
  stream: StreamPlan,
): OpenDecoder {
  const plan = planCtcDecoding(options, vocabulary);
  const search = planSpeechSearch(vad);
  return (signal) =>
    new IncrementalDecoder({
      model: new LiveOfflineCtc(graph, { vocabulary, plan }, signal),
      ...openSpeechGate(search, graph.sampleRate),
      plan: stream,
      words: plan.timestamps === 'word',
      clock: () => performance.now() / 1000,
    });
}
