import { AsrError } from '../../errors.js';
import type { Quantization } from '../../speech-model.js';
import type { Detection } from '../family.js';
import { findExternalData } from '../graph-files.js';
import { findSets, isUniform, LAYOUTS } from './file-sets.js';
import type { FileSet, WhisperLayoutName } from './file-sets.js';

/** The graph files to load, and why these. */
export interface WhisperFileChoice {
  /** What the graphs' inputs and outputs are. */
  readonly layout: WhisperLayoutName;
  /** File of the encoder. */
  readonly encoder: string;
  /** File of the decoder; of its first step where there is `decoderWithPast`. */
  readonly decoder: string;
  /** The graph for every step but the first (`huggingface-split`). */
  readonly decoderWithPast?: string;
  /** Files with the weights of a graph, by the graph's name; graphs that hold their own are not in it. */
  readonly externalData: Readonly<Record<string, readonly string[]>>;
  /** What the names say; `undefined` where they don't (`encoder.onnx`) or where the graphs differ. */
  readonly quantization: Quantization | undefined;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Whether a model's files are a Whisper checkpoint that can be run, from their names and `config.json` alone.
 *
 * @param names All file names of the model.
 * @param config Parsed `config.json`, where there is one.
 */
export function detectWhisper(
  names: readonly string[],
  config: Readonly<Record<string, unknown>> | undefined,
): Detection {
  const sets = findSets(names, config);
  const first = sets[0];
  if (first) return { matches: true, reason: describeSet(first, config) };
  return { matches: false, reason: explainAbsence(names, config) };
}

/**
 * Picks the graph files of a Whisper model.
 *
 * @param quantization The precision wanted. Absent: the only one there is, else the first of int8, uint8, fp32, fp16, q4, q4f16, bnb4.
 * @param stated What is known of the precision of graphs whose names don't tell it, see `readStatedPrecision`.
 * @throws AsrError `MODEL_UNSUPPORTED` when the files are no Whisper model or several; `MODEL_NOT_FOUND` when
 * they are one but not in the precision wanted.
 */
export function chooseWhisperFiles(
  names: readonly string[],
  config: Readonly<Record<string, unknown>> | undefined,
  quantization?: Quantization,
  stated?: Quantization,
): WhisperFileChoice {
  const sets = findSets(names, config, stated);
  const set = quantization ? sets.find((one) => one.quantization === quantization) : sets[0];
  if (!set) {
    if (sets.length === 0) throw new AsrError('MODEL_UNSUPPORTED', explainAbsence(names, config));
    throw new AsrError(
      'MODEL_NOT_FOUND',
      `no Whisper graphs in precision ${quantization}; there are ` +
        `${sets.map((one) => `${describePrecision(one)} (${listNames(one)})`).join('; ')}. ` +
        'Ask for one of these, or leave `quantization` out',
    );
  }
  const rival = sets.find((one) => one.layout === set.layout && one.graphs[0]!.stem !== set.graphs[0]!.stem);
  if (rival) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `two Whisper models in one place: ${set.graphs[0]!.name} and ${rival.graphs[0]!.name}; keep one`,
    );
  }
  const [encoder, decoder, decoderWithPast] = set.graphs.map((graph) => graph.name);
  return {
    layout: set.layout,
    encoder: encoder!,
    decoder: decoder!,
    ...(decoderWithPast === undefined ? {} : { decoderWithPast }),
    externalData: externalDataOf(names, set),
    quantization: set.quantization,
    reason: `${describeSet(set, config)}; ${explainPrecision(set, sets, quantization)}`,
  };
}

function externalDataOf(names: readonly string[], set: FileSet): Record<string, string[]> {
  const data: Record<string, string[]> = {};
  for (const { name } of set.graphs) {
    const files = findExternalData(names, name);
    if (files.length > 0) data[name] = files;
  }
  return data;
}

function listNames(set: FileSet): string {
  return set.graphs.map((graph) => graph.name).join(', ');
}

function describePrecision(set: FileSet): string {
  if (set.quantization) return set.quantization;
  return isUniform(set) ? 'a precision that the names do not state' : 'mixed precisions';
}

function describeSet(set: FileSet, config: Readonly<Record<string, unknown>> | undefined): string {
  const ground =
    config?.['model_type'] === 'whisper'
      ? 'config.json has model_type "whisper"'
      : 'a tokens.txt lies beside graphs named <model>-encoder and <model>-decoder';
  return `${ground} and the files ${listNames(set)} are a complete set of layout ${set.layout}`;
}

function explainPrecision(
  set: FileSet,
  sets: readonly FileSet[],
  quantization: Quantization | undefined,
): string {
  if (quantization) return `${quantization} was asked for`;
  const others = sets.filter((one) => one !== set).map((one) => `${describePrecision(one)} (${one.layout})`);
  return others.length === 0
    ? `it is the only one, in ${describePrecision(set)}`
    : `${describePrecision(set)} is preferred to ${others.join(', ')}`;
}

function explainAbsence(
  names: readonly string[],
  config: Readonly<Record<string, unknown>> | undefined,
): string {
  const type = config?.['model_type'];
  const ground =
    type === 'whisper'
      ? 'config.json has model_type "whisper"'
      : config
        ? `config.json has model_type ${JSON.stringify(type)}, not "whisper"`
        : 'there is no config.json with model_type "whisper"';
  const graphs = names.filter((name) => name.endsWith('.onnx'));
  const looked = LAYOUTS.map(({ layout, roles }) =>
    layout === 'sherpa'
      ? `${roles.map((role) => `<model>-${role}.onnx`).join(' + ')} + <model>-tokens.txt (${layout})`
      : `${roles.map((role) => `${role}.onnx`).join(' + ')} (${layout})`,
  );
  return (
    `${ground}; looked for ${looked.join(', ')}, with a suffix of precision and in onnx/ or at the top; ` +
    `found ${graphs.length > 0 ? graphs.join(', ') : 'no .onnx file'}`
  );
}
