import { AsrError } from '../../../errors.js';
import { nemoPreset } from '../../../features/presets/nemo.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import type { Detection, Family } from '../../family.js';
import { chooseSingleGraph, findSingleGraph } from '../../graph-files.js';
import type { CtcLabels, CtcModelConfig } from '../config.js';
import { inspectGraph } from '../inspect-graph.js';
import { parseTokenLines } from '../label-files.js';
import { inspectCtcPlan } from '../inspect-plan.js';
import { openCtcModel, type CtcModelPlan, type PlanContext } from '../open-model.js';
import { GraphFacts } from './graph-facts.js';
import { doesNotMatch, matches, positive, readBytes, readJson } from './read-files.js';

/** Files with the labels: sherpa-onnx's name, onnx-asr's name. */
const LABEL_FILES: readonly string[] = ['tokens.txt', 'vocab.txt'];

/** See wav2vec2: attention over the whole input. Citrinet has none, but normalises over the utterance. */
const CHUNK_SECONDS = 30;

/** NeMo CTC (Conformer, FastConformer, Parakeet, Citrinet) as exported for sherpa-onnx or onnx-asr. */
export const nemoCtcFamily: Family = {
  name: 'nemo-ctc',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    const labels = LABEL_FILES.find((name) => names.includes(name));
    if (labels === undefined) return doesNotMatch(`there is no ${LABEL_FILES.join(' or ')}`);
    const found = findSingleGraph(names);
    if (found.graph === undefined) return doesNotMatch(found.reason);
    const facts = new GraphFacts(await inspectGraph(files, found.graph, signal));
    if (facts.has('inputs', 'audio_signal') && facts.has('outputs', 'logprobs')) {
      return matches(`${labels} lies beside ${found.graph}, which takes audio_signal and gives logprobs`);
    }
    return doesNotMatch(`${found.graph} takes ${facts.inputNames}, not audio_signal`);
  },

  load: async (context) => openCtcModel(context, await plan(context)),
  inspect: async (context) => inspectCtcPlan(await plan(context)),
};

async function plan({ files, options }: PlanContext): Promise<CtcModelPlan> {
  const { signal, quantization } = options;
  const names = await files.list(signal);
  const choice = chooseSingleGraph(names, files.origin, { quantization });
  const graph = await inspectGraph(files, choice.graph, signal);
  const labelFile = LABEL_FILES.find((name) => names.includes(name))!;
  const labels = parseTokenLines(await readBytes(files, labelFile, signal), labelFile);
  const config = await readJson(files, names, 'config.json', signal);
  const facts = new GraphFacts(graph);
  const stride =
    facts.count('subsampling_factor') ?? (config && positive(config, 'subsampling_factor', 'config.json'));
  if (stride === undefined) {
    throw new AsrError(
      'MODEL_INVALID',
      `${choice.graph}: neither its metadata nor config.json states subsampling_factor, without which words have no ` +
        'times; add {"subsampling_factor": 4} (Conformer) or 8 (FastConformer, Parakeet, Citrinet) as config.json.',
    );
  }
  return {
    family: 'nemo-ctc',
    layout: labelFile === 'tokens.txt' ? 'sherpa' : 'onnx-asr',
    detection: `${choice.graph} takes audio_signal and gives logprobs; ${choice.reason}`,
    graph: graph.file,
    externalData: choice.externalData,
    quantization: choice.quantization,
    config: describe(facts, stride, { labels }),
  };
}

function describe(facts: GraphFacts, stride: number, vocabulary: CtcLabels): CtcModelConfig {
  const normalize = facts.property('normalize_type') ?? 'per_feature';
  if (!['per_feature', 'NA', ''].includes(normalize)) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `normalize_type "${normalize}" in the graph's metadata is unknown; expected per_feature or NA.`,
    );
  }
  return {
    frontEnd: nemoPreset({
      bins: facts.size('audio_signal', 1) ?? 80,
      normalize: normalize === 'per_feature' ? 'per_feature' : 'none',
    }),
    input: {
      name: 'audio_signal',
      shape: [1, 'bins', 'rows'],
      ...(facts.has('inputs', 'length') && { lengths: { name: 'length', unit: 'rows' } }),
      minimumSeconds: 0.2,
    },
    output: { name: 'logprobs', kind: 'logProbs', stride },
    vocabulary,
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}
