import type { LoadOptions } from '../../speech-model.js';
import { chooseSingleGraph, type GraphChoice } from '../choose-graph.js';
import { filesOf, type TransducerPart } from './files.js';

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
