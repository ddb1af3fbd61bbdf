import { AsrError } from '../../../errors.js';
import { deepSpeech2PaddlePreset } from '../../../features/presets/deepspeech.js';
import { statisticsFromSums, type GlobalStatistics } from '../../../features/presets/global-statistics.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import { parseJsonObject } from '../../../text/json-file.js';
import type { Detection, Family } from '../../family.js';
import { chooseSingleGraph, findSingleGraph } from '../../graph-files.js';
import type { CtcModelConfig } from '../config.js';
import { inspectGraph, type InspectedGraph } from '../inspect-graph.js';
import { parseLabelLines } from '../label-files.js';
import { inspectCtcPlan } from '../inspect-plan.js';
import { openCtcModel, type CtcModelPlan, type PlanContext } from '../open-model.js';
import { GraphFacts } from './graph-facts.js';
import { doesNotMatch, matches, numberList, positive, readBytes } from './read-files.js';

const LABELS = 'vocab.txt';
const STATISTICS = 'mean_std.json';
/** Two convolutions of width 3 and step 2: an output frame sees 7 rows, the next begins 4 rows further. */
const STRIDE = 4;
const CONTEXT = 3;
/** Output frames of a run. Results don't depend on it: 320 ms keep the overhead of runs small and streams prompt. */
const FRAMES = 8;
/** PaddleSpeech's name of the label between words; Chinese models have none. */
const SPACE = '<space>';

/**
 * PaddleSpeech's DeepSpeech 2 online: a graph of `audio_chunk` and the states of its LSTM layers, `vocab.txt` and
 * `mean_std.json` as they lie in its packages (`onnx/model.onnx`, `data/lang_char/vocab.txt`, `data/mean_std.json`) or beside
 * each other.
 */
export const deepSpeech2PaddleFamily: Family = {
  name: 'deepspeech2-paddle',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    const labels = findFile(names, LABELS);
    if (labels === undefined) return doesNotMatch(`there is no ${LABELS}`);
    const found = findSingleGraph(names);
    if (found.graph === undefined) return doesNotMatch(found.reason);
    const facts = new GraphFacts(await inspectGraph(files, found.graph, signal));
    return facts.has('inputs', 'audio_chunk') && facts.has('inputs', 'chunk_state_h_box')
      ? matches(`${found.graph} takes audio_chunk and chunk_state_h_box; its labels are in ${labels}`)
      : doesNotMatch(`${found.graph} takes ${facts.inputNames}, not audio_chunk and chunk_state_h_box`);
  },

  load: async (context) => openCtcModel(context, await plan(context)),
  inspect: async (context) => inspectCtcPlan(await plan(context)),
};

async function plan({ files, options }: PlanContext): Promise<CtcModelPlan> {
  const { signal, quantization } = options;
  const names = await files.list(signal);
  const choice = chooseSingleGraph(names, files.origin, { quantization });
  const graph = await inspectGraph(files, choice.graph, signal);
  const labelFile = findFile(names, LABELS)!;
  const labels = parseLabelLines(await readBytes(files, labelFile, signal), labelFile);
  return {
    family: 'deepspeech2-paddle',
    layout: 'online',
    detection: `${choice.graph} takes audio_chunk and chunk_state_h_box; ${choice.reason}`,
    graph: graph.file,
    externalData: choice.externalData,
    quantization: choice.quantization,
    config: describe(graph, labels, await readStatistics(files, names, signal)),
  };
}

async function readStatistics(
  files: ModelFiles,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<GlobalStatistics> {
  const name = findFile(names, STATISTICS);
  if (name === undefined) {
    throw new AsrError(
      'MODEL_NOT_FOUND',
      `${files.origin}: there is no ${STATISTICS}, by which the model normalises its features; it lies in data/ of its package.`,
    );
  }
  const json = parseJsonObject(await readBytes(files, name, signal), name);
  const frames = positive(json, 'frame_num', name);
  const [sums, squares] = ['mean_stat', 'var_stat'].map((key) => numberList(json, key, name));
  if (frames === undefined || sums!.length !== squares!.length) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: mean_stat has ${sums!.length} numbers, var_stat ${squares!.length}, frame_num is ${frames ?? 'absent'}.`,
    );
  }
  return statisticsFromSums(sums!, squares!, frames);
}

function describe(
  graph: InspectedGraph,
  labels: readonly string[],
  statistics: GlobalStatistics,
): CtcModelConfig {
  const facts = new GraphFacts(graph);
  // Paddle names outputs by its own numbers; their order is what counts.
  const [probabilities, lengths, h, c] = facts.outputs.map(({ name }) => name);
  if (probabilities === undefined || lengths === undefined || h === undefined || c === undefined) {
    throw new AsrError(
      'MODEL_INVALID',
      `${graph.file.name}: expected four outputs (probabilities, their number, states h and c), found ${facts.outputs.length}.`,
    );
  }
  const rows = facts.size('audio_chunk', 1) ?? FRAMES * STRIDE + CONTEXT;
  return {
    frontEnd: deepSpeech2PaddlePreset({ statistics }),
    input: {
      name: 'audio_chunk',
      shape: [1, 'rows', 'bins'],
      lengths: { name: 'audio_chunk_lens', unit: 'rows' },
      // One frame of output.
      minimumSeconds: 0.085,
    },
    // The softmax is inside.
    output: { name: probabilities, kind: 'probs', stride: STRIDE, lengths },
    vocabulary: { labels, ...(labels.includes(SPACE) && { wordDelimiter: SPACE }) },
    execution: {
      type: 'stateful',
      rows,
      hop: rows - CONTEXT,
      states: [
        { input: 'chunk_state_h_box', output: h },
        { input: 'chunk_state_c_box', output: c },
      ],
      tail: 'pad',
    },
  };
}

/** A file by its name, in whatever folder it lies. */
function findFile(names: readonly string[], wanted: string): string | undefined {
  return names.find((name) => name === wanted || name.endsWith(`/${wanted}`));
}
