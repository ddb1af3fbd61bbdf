import { AsrError } from '../../../errors.js';
import { statisticsFromDeviation } from '../../../features/presets/global-statistics.js';
import { speechBrainPreset, type SpeechBrainPresetOptions } from '../../../features/presets/speechbrain.js';
import { wavePreset } from '../../../features/presets/wave.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import { isJsonObject, type JsonObject } from '../../../text/json-file.js';
import type { Detection, Family } from '../../family.js';
import { chooseSingleGraph, findSingleGraph } from '../../graph-files.js';
import type { CtcInput, CtcModelConfig } from '../config.js';
import { inspectGraph, type InspectedGraph } from '../inspect-graph.js';
import { parseLabelEncoder, type LabelEncoder } from '../label-files.js';
import { inspectCtcPlan } from '../inspect-plan.js';
import { openCtcModel, type CtcModelPlan, type PlanContext } from '../open-model.js';
import { GraphFacts } from './graph-facts.js';
import { doesNotMatch, matches, numberList, positive, readBytes, readJson } from './read-files.js';

const CHUNK_SECONDS = 30;

/** Files of the contract beside the graph and the labels; each may be absent. */
interface Settings {
  /** `hyperparams.json` */
  readonly hyperparams: JsonObject;
  /** `normalizer.json` */
  readonly normalizer: JsonObject | undefined;
  /** Whether there is a `normalizer.ckpt`, which only PyTorch reads. */
  readonly checkpoint: boolean;
}

/**
 * SpeechBrain CTC by the SDK's contract for its exports: `label_encoder.txt`, a graph that takes `feats` (and `wav_lens`) or
 * `wavs` and gives `log_probs`, `hyperparams.json` with what the features are, `normalizer.json` with global statistics.
 */
export const speechBrainCtcFamily: Family = {
  name: 'speechbrain-ctc',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    if (!names.includes('label_encoder.txt')) return doesNotMatch('there is no label_encoder.txt');
    const found = findSingleGraph(names);
    if (found.graph === undefined) return doesNotMatch(found.reason);
    const facts = new GraphFacts(await inspectGraph(files, found.graph, signal));
    const input = inputOf(facts);
    return input && facts.has('outputs', 'log_probs')
      ? matches(`label_encoder.txt lies beside ${found.graph}, which takes ${input} and gives log_probs`)
      : doesNotMatch(`${found.graph} takes ${facts.inputNames}, not feats or wavs`);
  },

  load: async (context) => openCtcModel(context, await plan(context)),
  inspect: async (context) => inspectCtcPlan(await plan(context)),
};

async function plan({ files, options }: PlanContext): Promise<CtcModelPlan> {
  const { signal, quantization } = options;
  const names = await files.list(signal);
  const choice = chooseSingleGraph(names, files.origin, { quantization });
  const graph = await inspectGraph(files, choice.graph, signal);
  const labels = parseLabelEncoder(await readBytes(files, 'label_encoder.txt', signal), 'label_encoder.txt');
  const settings = {
    hyperparams: (await readJson(files, names, 'hyperparams.json', signal)) ?? {},
    normalizer: await readJson(files, names, 'normalizer.json', signal),
    checkpoint: names.includes('normalizer.ckpt'),
  };
  return {
    family: 'speechbrain-ctc',
    layout: inputOf(new GraphFacts(graph)) === 'wavs' ? 'waveform' : 'features',
    detection: `label_encoder.txt lies beside ${choice.graph}, which gives log_probs; ${choice.reason}`,
    graph: graph.file,
    externalData: choice.externalData,
    quantization: choice.quantization,
    config: describe(graph, labels, settings),
  };
}

function inputOf(facts: GraphFacts): 'feats' | 'wavs' | undefined {
  return (['feats', 'wavs'] as const).find((name) => facts.has('inputs', name));
}

function describe(
  graph: InspectedGraph,
  { labels, blank }: LabelEncoder,
  settings: Settings,
): CtcModelConfig {
  const facts = new GraphFacts(graph);
  const model = section(settings.hyperparams, 'model');
  const wave = inputOf(facts) === 'wavs';
  const lengths: CtcInput['lengths'] = { name: 'wav_lens', unit: 'relative' };
  const stride = positive(model, 'subsampling_factor', 'hyperparams.json') ?? (wave ? 320 : 4);
  return {
    frontEnd: wave
      ? wavePreset({ normalize: section(settings.hyperparams, 'features')['normalize_wav'] === true })
      : speechBrainPreset(featureOptions(facts, settings)),
    input: {
      ...(wave ? { name: 'wavs', shape: [1, 'rows'] } : { name: 'feats', shape: [1, 'rows', 'bins'] }),
      ...(facts.has('inputs', 'wav_lens') && { lengths }),
      minimumSeconds: 0.1,
    },
    output: { name: 'log_probs', kind: 'logProbs', stride },
    vocabulary: { labels, ...(blank !== undefined && { blank }) },
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}

function featureOptions(facts: GraphFacts, settings: Settings): SpeechBrainPresetOptions {
  const features = section(settings.hyperparams, 'features');
  const file = 'hyperparams.json';
  const windowMilliseconds = positive(features, 'win_length_ms', file) ?? 25;
  const normalize = normalization(settings);
  return {
    bins: facts.size('feats', -1) ?? positive(features, 'n_mels', file) ?? 80,
    fftLength: positive(features, 'n_fft', file) ?? 400,
    windowLength: windowMilliseconds * 16,
    ...(normalize && { normalize }),
  };
}

function normalization({
  hyperparams,
  normalizer,
  checkpoint,
}: Settings): SpeechBrainPresetOptions['normalize'] | undefined {
  const type = normalizer?.['norm_type'] ?? section(hyperparams, 'normalizer')['norm_type'];
  if (type === 'sentence') return 'sentence';
  if (normalizer) {
    const [mean, deviation] = ['glob_mean', 'glob_std'].map((key) =>
      numberList(normalizer, key, 'normalizer.json'),
    );
    if (mean!.length === deviation!.length) return statisticsFromDeviation(mean!, deviation!);
    throw new AsrError(
      'MODEL_INVALID',
      `normalizer.json: glob_mean has ${mean!.length} numbers, glob_std has ${deviation!.length}.`,
    );
  }
  if (!checkpoint && type !== 'global') return undefined;
  throw new AsrError(
    'MODEL_NOT_FOUND',
    'normalizer.json is missing: the model normalises with global statistics, which lie in normalizer.ckpt, a file ' +
      'that only PyTorch reads. Write its glob_mean and glob_std to normalizer.json.',
  );
}

function section(json: JsonObject, key: string): JsonObject {
  const value = json[key];
  return isJsonObject(value) ? value : {};
}
