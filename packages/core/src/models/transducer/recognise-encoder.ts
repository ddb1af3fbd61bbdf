import type { ModelFiles } from '../../hub/model-files.js';
import { GraphFacts } from '../ctc/families/graph-facts.js';
import { doesNotMatch, matches } from '../ctc/families/read-files.js';
import { inspectGraph } from '../ctc/inspect-graph.js';
import type { Detection } from '../family.js';

/** Whether a graph is the encoder of a transducer, by its inputs and outputs. */
export async function recogniseEncoder(
  files: ModelFiles,
  graph: string,
  signal: AbortSignal | undefined,
): Promise<Detection> {
  const facts = new GraphFacts(await inspectGraph(files, graph, signal));
  return facts.has('inputs', 'x') && facts.has('outputs', 'encoder_out')
    ? matches(`${graph} takes x and gives encoder_out; a decoder and a joiner lie beside it`)
    : doesNotMatch(`${graph} takes ${facts.inputNames}, not x`);
}
