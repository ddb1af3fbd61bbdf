import type { Family } from '../../family.js';
import type { GraphFacts } from './graph-facts.js';
import { singleGraphFamily } from './single-graph.js';

/** What `CTCTextEncoder` saved, and a SentencePiece model, under the name that SpeechBrain's pretrainer gives it. */
export const ENCODER = 'label_encoder.txt';
const SENTENCE_PIECES = 'tokenizer.ckpt';

/**
 * SpeechBrain CTC by the SDK's contract for its exports: `label_encoder.txt` or a SentencePiece `tokenizer.ckpt`, a graph that
 * takes `feats` (and `wav_lens`) or `wavs` and gives `log_probs`, `hyperparams.json` with what the features are,
 * `normalizer.json` with global statistics.
 */
export const speechBrainCtcFamily: Family = /* @__PURE__ */ singleGraphFamily({
  name: 'speechbrain-ctc',
  labelFiles: [ENCODER, SENTENCE_PIECES],
  expected: 'not feats or wavs',

  recognise(facts) {
    const input = inputOf(facts);
    return input && facts.has('outputs', 'log_probs') ? `takes ${input} and gives log_probs` : undefined;
  },

  describe: async (parts) => (await import('./speechbrain-config.js')).describeSpeechBrain(parts),
});

export function inputOf(facts: GraphFacts): 'feats' | 'wavs' | undefined {
  return (['feats', 'wavs'] as const).find((name) => facts.has('inputs', name));
}
