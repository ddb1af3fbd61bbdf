import type { Family } from '../../family.js';
import { singleGraphFamily } from './single-graph.js';

/** NeMo CTC (Conformer, FastConformer, Parakeet, Citrinet) as exported for sherpa-onnx (`tokens.txt`) or onnx-asr (`vocab.txt`). */
export const nemoCtcFamily: Family = /* @__PURE__ */ singleGraphFamily({
  name: 'nemo-ctc',
  labelFiles: ['tokens.txt', 'vocab.txt'],
  expected: 'not audio_signal',

  recognise: (facts) =>
    facts.has('inputs', 'audio_signal') && facts.has('outputs', 'logprobs')
      ? 'takes audio_signal and gives logprobs'
      : undefined,

  describe: async (parts) => (await import('./nemo-config.js')).describeNemo(parts),
});
