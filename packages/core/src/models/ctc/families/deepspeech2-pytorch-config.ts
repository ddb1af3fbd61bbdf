import { AsrError } from '../../../errors.js';
import { deepSpeech2PytorchPreset } from '../../../features/presets/deepspeech.js';
import type { TensorInfo } from '../../../inference/backend.js';
import { parseStringList } from '../../../text/json-file.js';
import type { CtcModelConfig } from '../config.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import type { GraphFacts } from './graph-facts.js';
import { isSpectrogram } from './deepspeech2-pytorch.js';
import type { GraphDescription, GraphParts } from './single-graph.js';

/** The first convolution halves the frame rate. */
const STRIDE = 2;

/** How such a model is run. */
export async function describeDeepSpeech2Pytorch({
  facts,
  labelFile,
  bytes,
}: GraphParts): Promise<GraphDescription> {
  const labels = parseStringList(await bytes(labelFile), labelFile);
  return { layout: 'deepspeech.pytorch', config: describe(facts, labels, labelFile) };
}

function describe(facts: GraphFacts, labels: readonly string[], labelFile: string): CtcModelConfig {
  const spectrogram = facts.inputs.find(isSpectrogram)!;
  const lengths = facts.inputs.find(isCount);
  const [output] = facts.outputs;
  const counts = facts.outputs.find(isCount);
  if (!output || labels.length === 0) {
    throw new AsrError(
      'MODEL_INVALID',
      `${facts.file}: it has ${facts.outputs.length} outputs, and ${labelFile} ${labels.length} labels.`,
    );
  }
  return {
    frontEnd: deepSpeech2PytorchPreset(),
    input: {
      name: spectrogram.name,
      shape: [1, 1, 'bins', 'rows'],
      ...(lengths && { lengths: { name: lengths.name, unit: 'rows' } }),
      // One window of the spectrum, which is mirrored at its ends.
      minimumSeconds: 0.02,
    },
    output: {
      name: output.name,
      kind: 'probs',
      stride: STRIDE,
      ...(counts && { lengths: counts.name }),
    },
    // `_` is the first label by the code, not by the file.
    vocabulary: { labels, blank: 0 },
    // Bidirectional layers want whole sentences, and normalisation is over the utterance.
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}

function isCount({ type }: TensorInfo): boolean {
  return type === 'int64' || type === 'int32';
}
