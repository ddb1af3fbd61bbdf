import { AsrError } from '../../../errors.js';
import { kaldiFbankPreset } from '../../../features/presets/kaldi.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import type { Detection, Family } from '../../family.js';
import { chooseSingleGraph, findSingleGraph } from '../../graph-files.js';
import type { CtcLabels, CtcModelConfig } from '../config.js';
import { inspectGraph, type InspectedGraph } from '../inspect-graph.js';
import { parseTokenLines } from '../label-files.js';
import { inspectCtcPlan } from '../inspect-plan.js';
import { openCtcModel, type CtcModelPlan, type PlanContext } from '../open-model.js';
import { GraphFacts } from './graph-facts.js';
import { doesNotMatch, matches, readBytes } from './read-files.js';

/** icefall's zipformers take the frames of 40 ms; the graph doesn't say. */
const STRIDE = 4;

/** See wav2vec2: attention over the whole input. */
const CHUNK_SECONDS = 30;

/** Kaldi (icefall) zipformer CTC in the layout of sherpa-onnx, offline and streaming: `tokens.txt` and one graph. */
export const zipformerCtcFamily: Family = {
  name: 'zipformer-ctc',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    if (!names.includes('tokens.txt')) return doesNotMatch('there is no tokens.txt');
    const found = findSingleGraph(names);
    if (found.graph === undefined) return doesNotMatch(found.reason);
    const facts = new GraphFacts(await inspectGraph(files, found.graph, signal));
    const kind = layoutOf(facts);
    return kind
      ? matches(`tokens.txt lies beside ${found.graph}, whose inputs are those of a ${kind} zipformer CTC`)
      : doesNotMatch(`${found.graph} takes ${facts.inputNames}, not x with x_lens or with cached_key_0…`);
  },

  load: async (context) => openCtcModel(context, await plan(context)),
  inspect: async (context) => inspectCtcPlan(await plan(context)),
};

async function plan({ files, options }: PlanContext): Promise<CtcModelPlan> {
  const { signal, quantization } = options;
  const names = await files.list(signal);
  const choice = chooseSingleGraph(names, files.origin, { quantization });
  const graph = await inspectGraph(files, choice.graph, signal);
  const facts = new GraphFacts(graph);
  const labels = parseTokenLines(await readBytes(files, 'tokens.txt', signal), 'tokens.txt');
  const streaming = layoutOf(facts) === 'streaming';
  return {
    family: 'zipformer-ctc',
    layout: streaming ? 'sherpa-streaming' : 'sherpa',
    detection: `the inputs of ${choice.graph} are those of a zipformer CTC; ${choice.reason}`,
    graph: graph.file,
    externalData: choice.externalData,
    quantization: choice.quantization,
    config: streaming ? describeStreaming(graph, { labels }) : describeOffline(facts, { labels }),
  };
}

function layoutOf(facts: GraphFacts): 'offline' | 'streaming' | undefined {
  if (!facts.has('inputs', 'x') || !facts.has('outputs', 'log_probs')) return undefined;
  if (facts.has('inputs', 'x_lens')) return 'offline';
  return facts.has('inputs', 'cached_key_0') ? 'streaming' : undefined;
}

function describeOffline(facts: GraphFacts, vocabulary: CtcLabels): CtcModelConfig {
  return {
    frontEnd: kaldiFbankPreset({ bins: facts.size('x', -1) ?? 80 }),
    // The convolutions in front need 9 frames.
    input: {
      name: 'x',
      shape: [1, 'rows', 'bins'],
      lengths: { name: 'x_lens', unit: 'rows' },
      minimumSeconds: 0.2,
    },
    output: {
      name: 'log_probs',
      kind: 'logProbs',
      stride: facts.count('subsampling_factor') ?? STRIDE,
      ...(facts.has('outputs', 'log_probs_len') && { lengths: 'log_probs_len' }),
    },
    vocabulary,
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}

function describeStreaming(graph: InspectedGraph, vocabulary: CtcLabels): CtcModelConfig {
  const facts = new GraphFacts(graph);
  const feature = facts.property('feature');
  if (feature !== undefined && feature !== '' && feature !== 'fbank') {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${graph.file.name}: its metadata asks for the features "${feature}"; streaming zipformers are run with Kaldi ` +
        'filter banks only.',
    );
  }
  const rows = facts.count('T') ?? facts.size('x', 1);
  const hop = facts.count('decode_chunk_len');
  if (rows === undefined || hop === undefined) {
    throw new AsrError(
      'MODEL_INVALID',
      `${graph.file.name}: its metadata must state T and decode_chunk_len, the frames per run; export the model again.`,
    );
  }
  const frontEnd = kaldiFbankPreset({ bins: facts.size('x', -1) ?? 80 });
  return {
    frontEnd,
    input: { name: 'x', shape: [1, 'rows', 'bins'] },
    output: { name: 'log_probs', kind: 'logProbs', stride: STRIDE },
    vocabulary,
    execution: {
      type: 'stateful',
      rows,
      hop,
      states: graph.inputs
        .filter(({ name }) => name !== 'x')
        .map(({ name }) => ({ input: name, output: `new_${name}` })),
      tail: 'drop',
      // The graph looks ahead; what is behind the last whole run is lost, so silence pushes all speech before it.
      tailSilence: Math.max(0.6, rows / 100),
    },
  };
}
