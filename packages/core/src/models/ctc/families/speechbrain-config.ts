import { AsrError } from '../../../errors.js';
import { statisticsFromDeviation } from '../../../features/presets/global-statistics.js';
import { speechBrainPreset, type SpeechBrainPresetOptions } from '../../../features/presets/speechbrain.js';
import { wavePreset } from '../../../features/presets/wave.js';
import { isJsonObject, type JsonObject } from '../../../text/json-file.js';
import type { CtcInput, CtcModelConfig } from '../config.js';
import { parseLabelEncoder, type LabelEncoder } from '../label-files.js';
import { parseSentencePieces } from '../sentencepiece-labels.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import type { GraphFacts } from './graph-facts.js';
import { numberList, positive } from './read-files.js';
import { inputOf, ENCODER } from './speechbrain.js';
import type { GraphDescription, GraphParts } from './single-graph.js';

/** Files of the contract beside the graph and the labels; each may be absent. */
interface Settings {
  /** `hyperparams.json` */
  readonly hyperparams: JsonObject;
  /** `normalizer.json` */
  readonly normalizer: JsonObject | undefined;
  /** Whether there is a `normalizer.ckpt`, which only PyTorch reads. */
  readonly checkpoint: boolean;
}

/** How such a model is run. */
export async function describeSpeechBrain({
  facts,
  names,
  labelFile,
  bytes,
  json,
}: GraphParts): Promise<GraphDescription> {
  const settings = {
    hyperparams: (await json('hyperparams.json')) ?? {},
    normalizer: await json('normalizer.json'),
    checkpoint: names.includes('normalizer.ckpt'),
  };
  const read = labelFile === ENCODER ? parseLabelEncoder : readPieces;
  return {
    layout: inputOf(facts) === 'wavs' ? 'waveform' : 'features',
    config: describe(facts, read(await bytes(labelFile), labelFile), settings),
  };
}

/** The recipes' `blank_index` is 0, where SentencePiece has `<unk>`, which CTC training never asks for. */
function readPieces(bytes: Uint8Array, name: string): LabelEncoder {
  return { labels: parseSentencePieces(bytes, name), blank: 0 };
}

function describe(facts: GraphFacts, { labels, blank }: LabelEncoder, settings: Settings): CtcModelConfig {
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
