import type { Family } from '../../family.js';
import type { GraphFacts } from './graph-facts.js';
import { singleGraphFamily } from './single-graph.js';

/**
 * wav2vec 2.0 without Hugging Face's configuration, told by its graph: onnx-asr's exports (`vocab.txt`; `input_values` and
 * `input_lengths` to `logprobs`, with the normalisation inside of the graph) and sherpa-onnx's Omnilingual ASR (`tokens.txt`;
 * `x` to `logits`, with label 0 as the blank).
 */
export const waveformCtcFamily: Family = /* @__PURE__ */ singleGraphFamily({
  name: 'waveform-ctc',
  labelFiles: ['tokens.txt', 'vocab.txt'],
  expected: 'not input_values and input_lengths, or samples as x',

  recognise(facts) {
    const layout = layoutOf(facts);
    if (layout === 'onnx-asr') return 'takes input_values with input_lengths and gives logprobs';
    return layout && 'takes samples as x and gives logits';
  },

  describe: async (parts) => (await import('./waveform-config.js')).describeWaveform(parts),
});

export function layoutOf(facts: GraphFacts): 'onnx-asr' | 'sherpa-omnilingual' | undefined {
  const { inputs } = facts;
  if (facts.has('inputs', 'input_values') && facts.has('inputs', 'input_lengths')) {
    return facts.has('outputs', 'logprobs') ? 'onnx-asr' : undefined;
  }
  // Features would have a third axis.
  const samples = inputs.length === 1 && inputs[0]!.name === 'x' && inputs[0]!.dims?.length === 2;
  return samples && facts.has('outputs', 'logits') ? 'sherpa-omnilingual' : undefined;
}
