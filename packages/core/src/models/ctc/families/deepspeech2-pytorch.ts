import { AsrError } from '../../../errors.js';
import { deepSpeech2PytorchPreset } from '../../../features/presets/deepspeech.js';
import type { TensorInfo } from '../../../inference/backend.js';
import { parseStringList } from '../../../text/json-file.js';
import type { Family } from '../../family.js';
import type { CtcModelConfig } from '../config.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import type { GraphFacts } from './graph-facts.js';
import { singleGraphFamily } from './single-graph.js';

/** Bins of a spectrum of 320 samples. */
const BINS = 161;
/** The first convolution halves the frame rate. */
const STRIDE = 2;

/**
 * DeepSpeech 2 of deepspeech.pytorch: `labels.json` and an export of its owner's, since there is no official one. The graph
 * takes [batch, 1, 161, time], under any name, with the lengths or without them, and gives [batch, frames, labels]:
 * probabilities, as the module does outside of training. Anything else is to be described with `ctc`.
 */
export const deepSpeech2PytorchFamily: Family = /* @__PURE__ */ singleGraphFamily({
  name: 'deepspeech2-pytorch',
  labelFiles: ['labels.json'],
  // A literal: bundlers keep a template string in case it does something.
  expected: 'none of them [batch, 1, 161, time]',

  recognise({ inputs }) {
    const spectrogram = inputs.find(isSpectrogram);
    return spectrogram && `takes ${spectrogram.name}, [batch, 1, ${BINS}, time]`;
  },

  async describe({ facts, labelFile, bytes }) {
    const labels = parseStringList(await bytes(labelFile), labelFile);
    return { layout: 'deepspeech.pytorch', config: describe(facts, labels, labelFile) };
  },
});

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

function isSpectrogram({ dims }: TensorInfo): boolean {
  return dims?.length === 4 && dims[1] === 1 && dims[2] === BINS;
}

function isCount({ type }: TensorInfo): boolean {
  return type === 'int64' || type === 'int32';
}
