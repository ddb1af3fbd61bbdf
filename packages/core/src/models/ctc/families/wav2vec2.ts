import { AsrError } from '../../../errors.js';
import { wavePreset } from '../../../features/presets/wave.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import { isJsonObject, type JsonObject } from '../../../text/json-file.js';
import type { Detection, Family } from '../../family.js';
import { chooseSingleGraph, findSingleGraph } from '../../graph-files.js';
import type { CtcLabels, CtcModelConfig } from '../config.js';
import { parseTokenizerLabels, parseVocabJson } from '../label-files.js';
import { inspectCtcPlan } from '../inspect-plan.js';
import { openCtcModel, type CtcModelPlan, type PlanContext } from '../open-model.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import { doesNotMatch, matches, positive, readBytes, readJson } from './read-files.js';

/** `model_type`s of Hugging Face that take a waveform `input_values` and give CTC `logits`. */
const MODEL_TYPES: readonly unknown[] = [
  'wav2vec2',
  'wav2vec2-conformer',
  'hubert',
  'wavlm',
  'data2vec-audio',
  'unispeech',
  'unispeech-sat',
  'sew',
  'sew-d',
];

/**
 * wav2vec 2.0, HuBERT, WavLM, data2vec and MMS in the layout of Hugging Face: `config.json`, `vocab.json` (or
 * `tokenizer.json`), `preprocessor_config.json`, `model*.onnx` at the top or in `onnx/`.
 */
export const wav2vec2Family: Family = {
  name: 'wav2vec2',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    const config = await readJson(files, names, 'config.json', signal);
    if (!config) return doesNotMatch('there is no config.json');
    const type = config['model_type'];
    if (!MODEL_TYPES.includes(type)) {
      return doesNotMatch(
        `config.json has model_type ${JSON.stringify(type)}, expected one of ${MODEL_TYPES.join(', ')}`,
      );
    }
    const head = architecture(config);
    if (head !== undefined && !head.endsWith('ForCTC')) {
      return doesNotMatch(
        `config.json has model_type "${String(type)}" but the architecture ${head}, which has no CTC head`,
      );
    }
    const found = findSingleGraph(names, 'model');
    if (found.graph === undefined) {
      return doesNotMatch(`config.json has model_type "${String(type)}" but ${found.reason}`);
    }
    if (!names.includes('vocab.json') && !names.includes('tokenizer.json')) {
      return doesNotMatch(
        `config.json has model_type "${String(type)}" but there is no vocab.json or tokenizer.json`,
      );
    }
    return matches(`config.json has model_type "${String(type)}"`);
  },

  load: async (context) => openCtcModel(context, await plan(context)),
  inspect: async (context) => inspectCtcPlan(await plan(context)),
};

async function plan({ files, options }: PlanContext): Promise<CtcModelPlan> {
  const { signal, quantization } = options;
  const names = await files.list(signal);
  const choice = chooseSingleGraph(names, files.origin, { stem: 'model', quantization });
  const [config = {}, preprocessor = {}] = await Promise.all(
    ['config.json', 'preprocessor_config.json'].map((name) => readJson(files, names, name, signal)),
  );
  return {
    family: 'wav2vec2',
    layout: 'huggingface',
    detection: `config.json has model_type "${String(config['model_type'])}"; ${choice.reason}`,
    graph: await files.open(choice.graph, signal),
    externalData: choice.externalData,
    quantization: choice.quantization,
    config: describeModel(config, preprocessor, await readLabels(files, names, config, signal)),
  };
}

function describeModel(config: JsonObject, preprocessor: JsonObject, vocabulary: CtcLabels): CtcModelConfig {
  const sampleRate = positive(preprocessor, 'sampling_rate', 'preprocessor_config.json') ?? 16_000;
  const kernels = numbers(config, 'conv_kernel') ?? [10, 3, 3, 3, 3, 2, 2];
  const strides = numbers(config, 'conv_stride') ?? [5, 2, 2, 2, 2, 2, 2];
  return {
    frontEnd: { ...wavePreset({ normalize: preprocessor['do_normalize'] !== false }), sampleRate },
    input: {
      name: 'input_values',
      shape: [1, 'rows'],
      minimumSeconds: receptiveField(kernels, strides) / sampleRate,
    },
    output: {
      name: 'logits',
      kind: 'logits',
      stride: positive(config, 'inputs_to_logits_ratio', 'config.json') ?? product(strides) * adapter(config),
    },
    vocabulary,
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}

/** What an adapter behind the encoder divides the frame rate by. */
function adapter(config: JsonObject): number {
  if (config['add_adapter'] !== true) return 1;
  const stride = positive(config, 'adapter_stride', 'config.json') ?? 2;
  return stride ** (positive(config, 'num_adapter_layers', 'config.json') ?? 3);
}

/** Samples that one frame sees through the convolutions: what the graph needs at least. */
function receptiveField(kernels: readonly number[], strides: readonly number[]): number {
  let field = 1;
  let step = 1;
  kernels.forEach((kernel, i) => {
    field += (kernel - 1) * step;
    step *= strides[i] ?? 1;
  });
  return field;
}

async function readLabels(
  files: ModelFiles,
  names: readonly string[],
  config: JsonObject,
  signal: AbortSignal | undefined,
): Promise<CtcLabels> {
  const tokenizer = (await readJson(files, names, 'tokenizer_config.json', signal)) ?? {};
  const lower = tokenizer['do_lower_case'] === true;
  const name = names.includes('vocab.json') ? 'vocab.json' : 'tokenizer.json';
  const bytes = await readBytes(files, name, signal);
  const all =
    name === 'vocab.json'
      ? parseVocabJson(bytes, name, tokenText(tokenizer['target_lang']))
      : parseTokenizerLabels(bytes, name);
  // Added tokens may lie behind the labels that the head has a column for.
  const width = positive(config, 'vocab_size', 'config.json') ?? all.length;
  const labels = name === 'tokenizer.json' ? all.slice(0, width) : all;
  const padding = tokenText(tokenizer['pad_token']);
  const padId = config['pad_token_id'];
  const blank = padding === undefined ? -1 : labels.indexOf(padding);
  const delimiter = tokenText(tokenizer['word_delimiter_token']);
  return {
    labels: lower ? labels.map((label) => label.toLowerCase()) : labels,
    // The tokenizer's padding is the blank; models without that file state its index.
    ...(blank >= 0 ? { blank } : typeof padId === 'number' && padId < labels.length && { blank: padId }),
    ...(delimiter !== undefined && labels.includes(delimiter) && { wordDelimiter: delimiter }),
  };
}

/** A token in a tokenizer's configuration: its text, or an object that holds it. */
function tokenText(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  const content = isJsonObject(token) ? token['content'] : undefined;
  return typeof content === 'string' ? content : undefined;
}

function architecture(config: JsonObject): string | undefined {
  const list = config['architectures'];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === 'string' ? first : undefined;
}

function numbers(config: JsonObject, key: string): readonly number[] | undefined {
  const value = config[key];
  if (value === undefined || value === null) return undefined;
  const isList =
    Array.isArray(value) && value.every((item) => Number.isInteger(item) && (item as number) > 0);
  if (isList && value.length > 0) return value as number[];
  throw new AsrError('MODEL_INVALID', `${key} in config.json must be a list of positive whole numbers`);
}

function product(values: readonly number[]): number {
  return values.reduce((result, value) => result * value, 1);
}
