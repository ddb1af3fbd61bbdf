import type { TensorInfo } from '../../../inference/backend.js';
import type { Family } from '../../family.js';
import { singleGraphFamily } from './single-graph.js';

/** Bins of a spectrum of 320 samples. */
const BINS = 161;

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

  describe: async (parts) =>
    (await import('./deepspeech2-pytorch-config.js')).describeDeepSpeech2Pytorch(parts),
});

export function isSpectrogram({ dims }: TensorInfo): boolean {
  return dims?.length === 4 && dims[1] === 1 && dims[2] === BINS;
}
