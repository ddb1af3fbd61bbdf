import { AsrError } from '../../../errors.js';
import { mozillaPreset } from '../../../features/presets/deepspeech.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import type { Detection, Family } from '../../family.js';
import { chooseSingleGraph, findSingleGraph } from '../../graph-files.js';
import type { CtcModelConfig } from '../config.js';
import { inspectGraph, type InspectedGraph } from '../inspect-graph.js';
import { parseAlphabet } from '../label-files.js';
import { inspectCtcPlan } from '../inspect-plan.js';
import { openCtcModel, type CtcModelPlan, type PlanContext } from '../open-model.js';
import { GraphFacts } from './graph-facts.js';
import { doesNotMatch, matches, readBytes } from './read-files.js';

/**
 * Mozilla and Coqui DeepSpeech 0.9: `alphabet.txt` and the streaming graph, cut behind its features (`input_node`), with
 * the states of its recurrent layer as inputs and outputs.
 */
export const deepSpeechFamily: Family = {
  name: 'deepspeech',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    if (!names.includes('alphabet.txt')) return doesNotMatch('there is no alphabet.txt');
    const found = findSingleGraph(names);
    if (found.graph === undefined) return doesNotMatch(found.reason);
    const facts = new GraphFacts(await inspectGraph(files, found.graph, signal));
    return facts.has('inputs', 'input_node') && facts.has('inputs', 'previous_state_c')
      ? matches(`alphabet.txt lies beside ${found.graph}, which takes input_node and previous_state_c`)
      : doesNotMatch(`${found.graph} takes ${facts.inputNames}, not input_node and previous_state_c`);
  },

  load: async (context) => openCtcModel(context, await plan(context)),
  inspect: async (context) => inspectCtcPlan(await plan(context)),
};

async function plan({ files, options }: PlanContext): Promise<CtcModelPlan> {
  const { signal, quantization } = options;
  const choice = chooseSingleGraph(await files.list(signal), files.origin, { quantization });
  const graph = await inspectGraph(files, choice.graph, signal);
  const alphabet = parseAlphabet(await readBytes(files, 'alphabet.txt', signal), 'alphabet.txt');
  return {
    family: 'deepspeech',
    layout: 'mozilla',
    detection: `${choice.graph} takes input_node and previous_state_c; ${choice.reason}`,
    graph: graph.file,
    externalData: choice.externalData,
    quantization: choice.quantization,
    config: describe(graph, alphabet),
  };
}

function describe(graph: InspectedGraph, alphabet: readonly string[]): CtcModelConfig {
  const facts = new GraphFacts(graph);
  const [rows, window, coefficients] = [1, 2, 3].map((axis) => facts.size('input_node', axis));
  if (rows === undefined || window === undefined || coefficients === undefined || window % 2 === 0) {
    throw new AsrError(
      'MODEL_INVALID',
      `${graph.file.name}: input_node must have a fixed shape [1, steps, 2·context + 1, coefficients], such as ` +
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
