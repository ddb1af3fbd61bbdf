import type { SpeechModel } from '../../speech-model.js';
import type { FamilyContext } from '../family.js';
import { chooseSingleGraph } from '../choose-graph.js';
import { findExternalData } from '../graph-files.js';
import type { CtcModelConfig } from './config.js';
import { openCtcModel } from './open-model.js';

/**
 * Loads a CTC model that its user describes.
 *
 * @throws AsrError `MODEL_NOT_FOUND` when there is no such graph, `MODEL_INVALID` when it isn't as described.
 */
export async function loadDescribedCtcModel(
  context: FamilyContext,
  config: CtcModelConfig,
): Promise<SpeechModel> {
  const { files, options } = context;
  const { signal, quantization } = options;
  const names = await files.list(signal);
  const { graph, externalData } =
    config.graph === undefined
      ? chooseSingleGraph(names, files.origin, { quantization })
      : { graph: config.graph, externalData: findExternalData(names, config.graph) };
  return openCtcModel(context, {
    family: 'ctc',
    layout: 'described',
    detection: `the option ctc describes it; the graph is ${graph}`,
    graph: await files.open(graph, signal),
    externalData,
    config,
    described: true,
  });
}
