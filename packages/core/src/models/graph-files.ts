import type { Quantization } from '../speech-model.js';

/**
 * int8 is the smallest that keeps accuracy and is fast everywhere; half floats and 4 bits come last because CPUs run
 * them slowly. Names that don't tell come first: such a model comes in one precision.
 */
export const PRECISION_PREFERENCE: readonly (Quantization | undefined)[] = [
  undefined,
  'int8',
  'uint8',
  'fp32',
  'fp16',
  'q4',
  'q4f16',
  'bnb4',
];

/**
 * What a precision is called in file names: by the project's exporter, by Hugging Face's tools, by sherpa-onnx. Of two names for
 * one the first is taken.
 */
export const PRECISION_SUFFIXES: Readonly<Record<string, Quantization>> = {
  _quantized: 'int8',
  '.int8': 'int8',
  '.fp16': 'fp16',
  ...Object.fromEntries(PRECISION_PREFERENCE.slice(1).map((name) => [`_${name}`, name!])),
};

/** Weights beside a graph: `X.onnx_data`, `X.onnx_data_1`, `X.onnx.data`; `X.weights` in sherpa-onnx's large models. */
export function findExternalData(names: readonly string[], graph: string): string[] {
  const weights = graph.replace(/\.onnx$/u, '.weights');
  return names.filter(
    (other) =>
      other === weights ||
      (other.startsWith(graph) && /^(_data(_\d+)?|\.data)$/u.test(other.slice(graph.length))),
  );
}

/** A graph file and what its name says. */
export interface Candidate {
  readonly name: string;
  readonly stem: string;
  readonly quantization: Quantization;
}

/**
 * Whether a folder holds a model of one graph, in whatever precisions: `.onnx` files that differ in nothing but the suffix
 * of their precision. A name without a suffix counts as fp32.
 *
 * @param stem Name without folder, suffix and ending, where the layout fixes it.
 */
export function findSingleGraph(
  names: readonly string[],
  stem?: string,
): { readonly graph: string } | { readonly graph: undefined; readonly reason: string } {
  const found = candidates(names, stem);
  const [best] = found.toSorted((a, b) => rank(a) - rank(b));
  if (!best) {
    const wanted = stem === undefined ? '.onnx file' : `${stem}.onnx, at the top or in a folder`;
    return { graph: undefined, reason: `there is no ${wanted}` };
  }
  const rival = found.find((other) => fileName(other.stem) !== fileName(best.stem));
  if (!rival) return { graph: best.name };
  return { graph: undefined, reason: `there are several graphs (${best.name}, ${rival.name}…)` };
}

export function candidates(names: readonly string[], stem: string | undefined): Candidate[] {
  const found = names.filter((name) => name.endsWith('.onnx')).map(parseName);
  return stem === undefined ? found : found.filter((one) => fileName(one.stem) === stem);
}

export function rank({ quantization }: Candidate): number {
  return PRECISION_PREFERENCE.indexOf(quantization);
}

function parseName(name: string): Candidate {
  const stem = name.slice(0, -'.onnx'.length);
  // The longest suffix first: `_q4f16` ends in no other, but that should not depend on the order of the table.
  const suffix = Object.keys(PRECISION_SUFFIXES)
    .filter((one) => stem.endsWith(one))
    .toSorted((a, b) => b.length - a.length)[0];
  if (suffix === undefined) return { name, stem, quantization: 'fp32' };
  return { name, stem: stem.slice(0, -suffix.length), quantization: PRECISION_SUFFIXES[suffix]! };
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
