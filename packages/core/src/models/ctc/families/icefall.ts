import { kaldiFbankPreset } from '../../../features/presets/kaldi.js';
import type { CtcModelConfig } from '../config.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import type { GraphFacts } from './graph-facts.js';

/** icefall's encoders take the frames of 40 ms; the graph doesn't say. */
export const STRIDE = 4;

/** How icefall's encoders of whole utterances are fed, in front of a CTC head and of a joiner alike. */
export function icefallEncoder(
  facts: GraphFacts,
): Pick<CtcModelConfig, 'frontEnd' | 'input' | 'execution'> & { readonly stride: number } {
  return {
    frontEnd: kaldiFbankPreset({ bins: facts.size('x', -1) ?? 80 }),
    input: {
      name: 'x',
      shape: [1, 'rows', 'bins'],
      lengths: { name: 'x_lens', unit: 'rows' },
      // The convolutions in front need 9 frames.
      minimumSeconds: 0.2,
    },
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
    stride: facts.count('subsampling_factor') ?? STRIDE,
  };
}
