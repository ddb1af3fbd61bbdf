import type { Family } from '../../family.js';
import type { GraphFacts } from './graph-facts.js';
import { singleGraphFamily } from './single-graph.js';

/** Kaldi (icefall) zipformer CTC in the layout of sherpa-onnx, offline and streaming: `tokens.txt` and one graph. */
export const zipformerCtcFamily: Family = /* @__PURE__ */ singleGraphFamily({
  name: 'zipformer-ctc',
  labelFiles: ['tokens.txt'],
  expected: 'not x with x_lens or with cached_key_0…',

  recognise(facts) {
    const kind = layoutOf(facts);
    return kind && `has the inputs of ${kind === 'offline' ? 'an offline' : 'a streaming'} zipformer CTC`;
  },

  describe: async (parts) => (await import('./zipformer-config.js')).describeZipformer(parts),
});

export function layoutOf(facts: GraphFacts): 'offline' | 'streaming' | undefined {
  if (!facts.has('inputs', 'x') || !facts.has('outputs', 'log_probs')) return undefined;
  if (facts.has('inputs', 'x_lens')) return 'offline';
  return facts.has('inputs', 'cached_key_0') ? 'streaming' : undefined;
}
