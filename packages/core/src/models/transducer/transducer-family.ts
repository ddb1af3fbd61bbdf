import type { ModelFiles } from '../../hub/model-files.js';
import { doesNotMatch } from '../ctc/families/read-files.js';
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
    const { recogniseEncoder } = await import('./recognise-encoder.js');
    return recogniseEncoder(files, graph, signal);
  },

  load: async (context) => (await import('./load-transducer.js')).loadTransducer(context),
  inspect: async (context) => (await import('./inspect.js')).inspectTransducer(context),
};
