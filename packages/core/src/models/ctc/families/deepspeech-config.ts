import { AsrError } from '../../../errors.js';
import { mozillaPreset } from '../../../features/presets/deepspeech.js';
import type { CtcModelConfig } from '../config.js';
import { parseAlphabet } from '../label-files.js';
import type { GraphFacts } from './graph-facts.js';
import type { GraphDescription, GraphParts } from './single-graph.js';

/** How such a model is run. */
export async function describeDeepSpeech({ facts, labelFile, bytes }: GraphParts): Promise<GraphDescription> {
  return { layout: 'mozilla', config: describe(facts, parseAlphabet(await bytes(labelFile), labelFile)) };
}

function describe(facts: GraphFacts, alphabet: readonly string[]): CtcModelConfig {
  const [rows, window, coefficients] = [1, 2, 3].map((axis) => facts.size('input_node', axis));
  if (rows === undefined || window === undefined || coefficients === undefined || window % 2 === 0) {
    throw new AsrError(
      'MODEL_INVALID',
      `${facts.file}: input_node must have a fixed shape [1, steps, 2·context + 1, coefficients], such as ` +
        '[1, 16, 19, 26].',
    );
  }
  return {
    frontEnd: mozillaPreset({ coefficients, context: (window - 1) / 2 }),
    input: {
      name: 'input_node',
      shape: [1, 'rows', window, coefficients],
      ...(facts.has('inputs', 'input_lengths') && { lengths: { name: 'input_lengths', unit: 'rows' } }),
      // One window of the spectrum.
      minimumSeconds: 512 / 16_000,
    },
    // In spite of its name the output has been through the softmax.
    output: { name: 'logits', kind: 'probs', stride: 1 },
    vocabulary: { labels: [...alphabet, ''], blank: alphabet.length },
    execution: {
      type: 'stateful',
      rows,
      hop: rows,
      states: [
        { input: 'previous_state_c', output: 'new_state_c' },
        { input: 'previous_state_h', output: 'new_state_h' },
      ],
      tail: 'pad',
    },
  };
}
