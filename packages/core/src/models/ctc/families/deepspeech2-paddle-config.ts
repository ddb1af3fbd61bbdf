import { AsrError } from '../../../errors.js';
import { deepSpeech2PaddlePreset } from '../../../features/presets/deepspeech.js';
import { statisticsFromSums, type GlobalStatistics } from '../../../features/presets/global-statistics.js';
import { parseJsonObject } from '../../../text/json-file.js';
import type { CtcModelConfig } from '../config.js';
import { parseLabelLines } from '../label-files.js';
import type { GraphFacts } from './graph-facts.js';
import { numberList, positive } from './read-files.js';
import { findFile } from './single-graph.js';
import type { GraphDescription, GraphParts } from './single-graph.js';

const STATISTICS = 'mean_std.json';
/** Two convolutions of width 3 and step 2: an output frame sees 7 rows, the next begins 4 rows further. */
const STRIDE = 4;
const CONTEXT = 3;
/** Output frames of a run. Results don't depend on it: 320 ms keep the overhead of runs small and streams prompt. */
const FRAMES = 8;
/** PaddleSpeech's name of the label between words; Chinese models have none. */
const SPACE = '<space>';

/** How such a model is run. */
export async function describeDeepSpeech2Paddle(parts: GraphParts): Promise<GraphDescription> {
  const { facts, labelFile, bytes } = parts;
  const labels = parseLabelLines(await bytes(labelFile), labelFile);
  return { layout: 'online', config: describe(facts, labels, await readStatistics(parts)) };
}

async function readStatistics({ names, origin, bytes }: GraphParts): Promise<GlobalStatistics> {
  const name = findFile(names, STATISTICS);
  if (name === undefined) {
    throw new AsrError(
      'MODEL_NOT_FOUND',
      `${origin}: there is no ${STATISTICS}, by which the model normalises its features; it lies in data/ of its package.`,
    );
  }
  const json = parseJsonObject(await bytes(name), name);
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
  facts: GraphFacts,
  labels: readonly string[],
  statistics: GlobalStatistics,
): CtcModelConfig {
  // Paddle names outputs by its own numbers; their order is what counts.
  const [probabilities, lengths, h, c] = facts.outputs.map(({ name }) => name);
  if (probabilities === undefined || lengths === undefined || h === undefined || c === undefined) {
    throw new AsrError(
      'MODEL_INVALID',
      `${facts.file}: expected four outputs (probabilities, their number, states h and c), found ${facts.outputs.length}.`,
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
