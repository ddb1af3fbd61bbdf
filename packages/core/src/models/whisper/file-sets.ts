import type { Quantization } from '../../speech-model.js';
import { PRECISION_PREFERENCE as PREFERENCE, PRECISION_SUFFIXES as SUFFIXES } from '../graph-files.js';

/** How the graphs of a Whisper checkpoint are cut and named. */
export type WhisperLayoutName = 'fast' | 'huggingface-merged' | 'huggingface-split' | 'sherpa';

/** One graph file as its name describes it. */
interface GraphFile {
  readonly name: string;
  /** Folder and, for sherpa-onnx, the model's name: files with the same stem belong together. */
  readonly stem: string;
  readonly suffix: string;
  readonly quantization: Quantization | undefined;
}

/** A complete set of graphs of one layout. */
export interface FileSet {
  readonly layout: WhisperLayoutName;
  readonly graphs: readonly GraphFile[];
  readonly quantization: Quantization | undefined;
}

interface LayoutNames {
  readonly layout: WhisperLayoutName;
  /** File stem of each graph: encoder, decoder, decoder with past. */
  readonly roles: readonly string[];
  /** What an unmarked name stands for. */
  readonly plain: Quantization | undefined;
}

/** In order of preference. */
export const LAYOUTS: readonly LayoutNames[] = [
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
 * All complete sets, the preferred first.
 *
 * @param stated What unmarked names of the fast layout stand for, where that is known.
 */
export function findSets(
  names: readonly string[],
  config: Readonly<Record<string, unknown>> | undefined,
  stated?: Quantization,
): FileSet[] {
  const sets = LAYOUTS.flatMap((layout) =>
    accepts(layout.layout, names, config)
      ? setsOfLayout({ ...layout, plain: layout.plain ?? stated }, names)
      : [],
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

export function isUniform(set: FileSet): boolean {
  return set.graphs.every((graph) => graph.quantization === set.quantization);
}
