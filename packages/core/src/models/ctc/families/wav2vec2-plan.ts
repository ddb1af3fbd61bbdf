import { AsrError } from '../../../errors.js';
import { wavePreset } from '../../../features/presets/wave.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import { isJsonObject, type JsonObject } from '../../../text/json-file.js';
import { chooseSingleGraph } from '../../choose-graph.js';
import type { CtcLabels, CtcModelConfig } from '../config.js';
import { parseTokenizerLabels, parseVocabJson } from '../label-files.js';
import type { CtcModelPlan, PlanContext } from '../open-model.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import { positive, readBytes, readJson } from './read-files.js';

/** Reads the configuration and the labels. */
export async function planWav2vec2({ files, options }: PlanContext): Promise<CtcModelPlan> {
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
