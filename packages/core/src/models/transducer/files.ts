import type { LoadOptions } from '../../speech-model.js';
import { chooseSingleGraph, type GraphChoice } from '../graph-files.js';

/** The graphs of a transducer, by the beginning of their names. */
export const PARTS = ['encoder', 'decoder', 'joiner'] as const;
/** One of {@link PARTS}. */
export type TransducerPart = (typeof PARTS)[number];

/** Files of one part: graphs in all precisions, and weights beside them. */
export function filesOf(names: readonly string[], part: TransducerPart): readonly string[] {
  return names.filter((name) => name.slice(name.lastIndexOf('/') + 1).startsWith(part));
}

/** The graph of a part in the precision asked for; the small ones often come in one precision only. */
export function choosePart(
  names: readonly string[],
  part: TransducerPart,
  origin: string,
  { quantization }: Pick<LoadOptions, 'quantization'>,
): GraphChoice {
  const own = filesOf(names, part);
  const only = part !== 'encoder' && own.filter((name) => name.endsWith('.onnx')).length === 1;
  return chooseSingleGraph(own, origin, only ? {} : { quantization });
}
