import type { Family } from '../../family.js';
import { singleGraphFamily } from './single-graph.js';

/**
 * Mozilla and Coqui DeepSpeech 0.9: `alphabet.txt` and the streaming graph, cut behind its features (`input_node`), with
 * the states of its recurrent layer as inputs and outputs.
 */
export const deepSpeechFamily: Family = /* @__PURE__ */ singleGraphFamily({
  name: 'deepspeech',
  labelFiles: ['alphabet.txt'],
  expected: 'not input_node and previous_state_c',

  recognise: (facts) =>
    facts.has('inputs', 'input_node') && facts.has('inputs', 'previous_state_c')
      ? 'takes input_node and previous_state_c'
      : undefined,

  describe: async (parts) => (await import('./deepspeech-config.js')).describeDeepSpeech(parts),
});
