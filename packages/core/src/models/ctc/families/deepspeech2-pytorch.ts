import { AsrError } from '../../../errors.js';
import { deepSpeech2PytorchPreset } from '../../../features/presets/deepspeech.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import type { TensorInfo } from '../../../inference/backend.js';
import { parseStringList } from '../../../text/json-file.js';
import type { Detection, Family } from '../../family.js';
import { chooseSingleGraph, findSingleGraph } from '../../graph-files.js';
import type { CtcModelConfig } from '../config.js';
import { inspectGraph, type InspectedGraph } from '../inspect-graph.js';
import { inspectCtcPlan } from '../inspect-plan.js';
import { openCtcModel, type CtcModelPlan, type PlanContext } from '../open-model.js';
import { GraphFacts } from './graph-facts.js';
import { doesNotMatch, matches, readBytes } from './read-files.js';

const LABELS = 'labels.json';
/** Bins of a spectrum of 320 samples. */
const BINS = 161;
/** The first convolution halves the frame rate. */
const STRIDE = 2;
/** Bidirectional layers want whole sentences, and normalisation is over the utterance; see wav2vec2. */
const CHUNK_SECONDS = 30;

/**
 * DeepSpeech 2 of deepspeech.pytorch: `labels.json` and an export of its owner's, since there is no official one. The graph
 * takes [batch, 1, 161, time], under any name, with the lengths or without them, and gives [batch, frames, labels]:
 * probabilities, as the module does outside of training. Anything else is to be described with `ctc`.
 */
export const deepSpeech2PytorchFamily: Family = {
  name: 'deepspeech2-pytorch',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    if (!names.includes(LABELS)) return doesNotMatch(`there is no ${LABELS}`);
    const found = findSingleGraph(names);
    if (found.graph === undefined) return doesNotMatch(found.reason);
    const { inputs } = await inspectGraph(files, found.graph, signal);
    const spectrogram = inputs.find(isSpectrogram);
    return spectrogram
      ? matches(
          `${LABELS} lies beside ${found.graph}, whose ${spectrogram.name} is [batch, 1, ${BINS}, time]`,
        )
      : doesNotMatch(`${found.graph} has no input of shape [batch, 1, ${BINS}, time]`);
  },

  load: async (context) => openCtcModel(context, await plan(context)),
  inspect: async (context) => inspectCtcPlan(await plan(context)),
};

async function plan({ files, options }: PlanContext): Promise<CtcModelPlan> {
  const { signal, quantization } = options;
  const choice = chooseSingleGraph(await files.list(signal), files.origin, { quantization });
  const graph = await inspectGraph(files, choice.graph, signal);
  const labels = parseStringList(await readBytes(files, LABELS, signal), LABELS);
  return {
    family: 'deepspeech2-pytorch',
    layout: 'deepspeech.pytorch',
    detection: `${LABELS} lies beside ${choice.graph}, which takes a spectrogram; ${choice.reason}`,
    graph: graph.file,
    externalData: choice.externalData,
    quantization: choice.quantization,
    config: describe(graph, labels),
  };
}

function describe(graph: InspectedGraph, labels: readonly string[]): CtcModelConfig {
  const facts = new GraphFacts(graph);
  const spectrogram = facts.inputs.find(isSpectrogram)!;
  const lengths = facts.inputs.find(isCount);
  const [output] = facts.outputs;
  const counts = facts.outputs.find(isCount);
  if (!output || labels.length === 0) {
    throw new AsrError(
      'MODEL_INVALID',
      `${graph.file.name}: it has ${facts.outputs.length} outputs, and ${LABELS} ${labels.length} labels.`,
    );
  }
  return {
    frontEnd: deepSpeech2PytorchPreset(),
    input: {
      name: spectrogram.name,
      shape: [1, 1, 'bins', 'rows'],
      ...(lengths && { lengths: { name: lengths.name, unit: 'rows' } }),
      // One window of the spectrum, which is mirrored at its ends.
      minimumSeconds: 0.02,
    },
    output: {
      name: output.name,
      kind: 'probs',
      stride: STRIDE,
      ...(counts && { lengths: counts.name }),
    },
    // `_` is the first label by the code, not by the file.
    vocabulary: { labels, blank: 0 },
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}

function isSpectrogram({ dims }: TensorInfo): boolean {
  return dims?.length === 4 && dims[1] === 1 && dims[2] === BINS;
}

function isCount({ type }: TensorInfo): boolean {
  return type === 'int64' || type === 'int32';
}
