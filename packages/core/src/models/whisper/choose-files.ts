import { AsrError } from '../../errors.js';
import type { Quantization } from '../../speech-model.js';
import type { Detection } from '../family.js';

/** How the graphs of a Whisper checkpoint are cut and named. */
export type WhisperLayoutName = 'fast' | 'huggingface-merged' | 'huggingface-split' | 'sherpa';

/** The graph files to load, and why these. */
export interface WhisperFileChoice {
  readonly layout: WhisperLayoutName;
  readonly encoder: string;
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

/** One graph file as its name describes it. */
interface GraphFile {
  readonly name: string;
  /** Folder and, for sherpa-onnx, the model's name: files with the same stem belong together. */
  readonly stem: string;
  readonly suffix: string;
  readonly quantization: Quantization | undefined;
}

/** A complete set of graphs of one layout. */
interface FileSet {
  readonly layout: WhisperLayoutName;
  readonly graphs: readonly GraphFile[];
  readonly quantization: Quantization | undefined;
}

/** What a precision is called in file names: by the project's exporter, by Hugging Face's tools, by sherpa-onnx. */
const SUFFIXES: Readonly<Record<string, Quantization>> = {
  _fp32: 'fp32',
  _fp16: 'fp16',
  '.fp16': 'fp16',
  _quantized: 'int8',
  _int8: 'int8',
  _uint8: 'int8',
  '.int8': 'int8',
  _q4: 'q4',
  _q4f16: 'q4',
};

/**
 * int8 is the smallest that keeps Whisper's accuracy and is fast everywhere; half floats and 4 bits come last
 * because CPUs run them slowly. Names that don't tell come first: such a model comes in one precision.
 */
const PREFERENCE: readonly (Quantization | undefined)[] = [undefined, 'int8', 'fp32', 'fp16', 'q4'];

interface LayoutNames {
  readonly layout: WhisperLayoutName;
  /** File stem of each graph: encoder, decoder, decoder with past. */
  readonly roles: readonly string[];
  /** What an unmarked name stands for. */
  readonly plain: Quantization | undefined;
}

/** In order of preference. */
const LAYOUTS: readonly LayoutNames[] = [
  { layout: 'fast', roles: ['encoder', 'decoder'], plain: undefined },
  { layout: 'huggingface-merged', roles: ['encoder_model', 'decoder_model_merged'], plain: 'fp32' },
  {
    layout: 'huggingface-split',
    roles: ['encoder_model', 'decoder_model', 'decoder_with_past_model'],
    plain: 'fp32',
  },
  { layout: 'sherpa', roles: ['encoder', 'decoder'], plain: 'fp32' },
];

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
 * @param quantization The precision wanted. Absent: the only one there is, else int8, fp32, fp16, q4, in this order.
 * @throws AsrError `MODEL_UNSUPPORTED` when the files are no Whisper model or several; `MODEL_NOT_FOUND` when
 * they are one but not in the precision wanted.
 */
export function chooseWhisperFiles(
  names: readonly string[],
  config: Readonly<Record<string, unknown>> | undefined,
  quantization?: Quantization,
): WhisperFileChoice {
  const sets = findSets(names, config);
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
    externalData: findExternalData(names, set),
    quantization: set.quantization,
    reason: `${describeSet(set, config)}; ${explainPrecision(set, sets, quantization)}`,
  };
}

/** All complete sets, the preferred first. */
function findSets(
  names: readonly string[],
  config: Readonly<Record<string, unknown>> | undefined,
): FileSet[] {
  const sets = LAYOUTS.flatMap((layout) =>
    accepts(layout.layout, names, config) ? setsOfLayout(layout, names) : [],
  );
  const rank = (set: FileSet): number => PREFERENCE.indexOf(set.quantization);
  const uniform = sets.filter((set) => isUniform(set));
  // Mixed precisions are taken where nothing else is there, never instead of a uniform set.
  const pool = uniform.length > 0 ? uniform : sets.slice(0, 1);
  return pool.sort((a, b) => rank(a) - rank(b));
}

/** Names alone don't tell Whisper from other encoder-decoder models: `config.json` has to, or sherpa-onnx's way of naming. */
function accepts(
  layout: WhisperLayoutName,
  names: readonly string[],
  config: Readonly<Record<string, unknown>> | undefined,
): boolean {
  if (layout !== 'sherpa') return config?.['model_type'] === 'whisper';
  return config === undefined || config['model_type'] === 'whisper'
    ? names.some((name) => /(^|[/-])tokens\.txt$/u.test(name)) && !names.some((name) => /joiner/u.test(name))
    : false;
}

function setsOfLayout({ layout, roles, plain }: LayoutNames, names: readonly string[]): FileSet[] {
  const found = roles.map((role) => graphsOfRole(role, layout === 'sherpa', plain, names));
  const stems = new Set(found[0]!.map((graph) => graph.stem));
  const sets: FileSet[] = [];
  for (const stem of stems) {
    const byRole = found.map((graphs) => graphs.filter((graph) => graph.stem === stem));
    if (byRole.some((graphs) => graphs.length === 0)) continue;
    const before = sets.length;
    for (const quantization of PREFERENCE) {
      const graphs = pickAlike(
        byRole.map((list) => list.filter((graph) => graph.quantization === quantization)),
      );
      if (graphs) sets.push({ layout, graphs, quantization });
    }
    if (sets.length === before) {
      sets.push({ layout, graphs: byRole.map((list) => preferred(list)), quantization: undefined });
    }
  }
  return sets;
}

function graphsOfRole(
  role: string,
  prefixed: boolean,
  plain: Quantization | undefined,
  names: readonly string[],
): GraphFile[] {
  const pattern = prefixed
    ? new RegExp(`^((?:.*/)?[^/]+-)${role}((?:\\.[a-z0-9]+)?)\\.onnx$`, 'u')
    : new RegExp(`^((?:onnx/)?)${role}((?:_[a-z0-9]+)?)\\.onnx$`, 'u');
  return names.flatMap((name) => {
    const match = pattern.exec(name);
    if (!match) return [];
    const [, stem = '', suffix = ''] = match;
    if (suffix === '') return [{ name, stem, suffix, quantization: plain }];
    const quantization = SUFFIXES[suffix];
    return quantization ? [{ name, stem, suffix, quantization }] : [];
  });
}

/** One file per role: of the same suffix where there are such, else of any of this precision. */
function pickAlike(byRole: readonly (readonly GraphFile[])[]): GraphFile[] | undefined {
  if (byRole.some((graphs) => graphs.length === 0)) return undefined;
  for (const suffix of ['', ...Object.keys(SUFFIXES)]) {
    const alike = byRole.map((graphs) => graphs.find((graph) => graph.suffix === suffix));
    if (alike.every((graph) => graph !== undefined)) return alike;
  }
  return byRole.map((graphs) => graphs[0]!);
}

function preferred(graphs: readonly GraphFile[]): GraphFile {
  const rank = (graph: GraphFile): number => PREFERENCE.indexOf(graph.quantization);
  return graphs.reduce((best, graph) => (rank(graph) < rank(best) ? graph : best));
}

function isUniform(set: FileSet): boolean {
  return set.graphs.every((graph) => graph.quantization === set.quantization);
}

/** Weights beside a graph: `X.onnx_data`, `X.onnx_data_1`, `X.onnx.data`; `X.weights` in sherpa-onnx's large models. */
function findExternalData(names: readonly string[], set: FileSet): Record<string, string[]> {
  const data: Record<string, string[]> = {};
  for (const { name } of set.graphs) {
    const weights = name.replace(/\.onnx$/u, '.weights');
    const files = names.filter(
      (other) =>
        other === weights ||
        (other.startsWith(name) && /^(_data(_\d+)?|\.data)$/u.test(other.slice(name.length))),
    );
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
