import type { ModelFiles } from '../../hub/model-files.js';
import { GraphFacts } from '../ctc/families/graph-facts.js';
import { doesNotMatch, matches } from '../ctc/families/read-files.js';
import { inspectGraph } from '../ctc/inspect-graph.js';
import type { Detection, Family } from '../family.js';
import { findSingleGraph } from '../graph-files.js';
import { filesOf, PARTS } from './files.js';

/**
 * Kaldi (icefall) transducers with a stateless decoder in the layout of sherpa-onnx: `tokens.txt` and the graphs
 * `encoder*.onnx`, `decoder*.onnx`, `joiner*.onnx`.
 */
export const transducerFamily: Family = {
  name: 'transducer',

  async detect(files: ModelFiles, signal?: AbortSignal): Promise<Detection> {
    const names = await files.list(signal);
    if (!names.includes('tokens.txt')) return doesNotMatch('there is no tokens.txt');
    for (const part of PARTS) {
      const found = findSingleGraph(filesOf(names, part));
      if (found.graph === undefined) return doesNotMatch(`of the ${part}, ${found.reason}`);
    }
    const { graph } = findSingleGraph(filesOf(names, 'encoder')) as { readonly graph: string };
    const facts = new GraphFacts(await inspectGraph(files, graph, signal));
    return facts.has('inputs', 'x') && facts.has('outputs', 'encoder_out')
      ? matches(`${graph} takes x and gives encoder_out; a decoder and a joiner lie beside it`)
      : doesNotMatch(`${graph} takes ${facts.inputNames}, not x`);
  },

  load: async (context) => (await import('./load-transducer.js')).loadTransducer(context),
  inspect: async (context) => (await import('./inspect.js')).inspectTransducer(context),
};
