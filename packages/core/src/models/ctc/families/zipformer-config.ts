import { AsrError } from '../../../errors.js';
import { kaldiFbankPreset } from '../../../features/presets/kaldi.js';
import type { CtcLabels, CtcModelConfig } from '../config.js';
import { parseTokenLines } from '../label-files.js';
import type { GraphFacts } from './graph-facts.js';
import { icefallEncoder, STRIDE } from './icefall.js';
import { layoutOf } from './zipformer.js';
import type { GraphDescription, GraphParts } from './single-graph.js';

/** How such a model is run. */
export async function describeZipformer({ facts, labelFile, bytes }: GraphParts): Promise<GraphDescription> {
  const labels = parseTokenLines(await bytes(labelFile), labelFile);
  return layoutOf(facts) === 'streaming'
    ? { layout: 'sherpa-streaming', config: describeStreaming(facts, { labels }) }
    : { layout: 'sherpa', config: describeOffline(facts, { labels }) };
}

function describeOffline(facts: GraphFacts, vocabulary: CtcLabels): CtcModelConfig {
  const { stride, ...encoder } = icefallEncoder(facts);
  return {
    ...encoder,
    output: {
      name: 'log_probs',
      kind: 'logProbs',
      stride,
      ...(facts.has('outputs', 'log_probs_len') && { lengths: 'log_probs_len' }),
    },
    vocabulary,
  };
}

function describeStreaming(facts: GraphFacts, vocabulary: CtcLabels): CtcModelConfig {
  const feature = facts.property('feature');
  if (feature !== undefined && feature !== '' && feature !== 'fbank') {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${facts.file}: its metadata asks for the features "${feature}"; streaming zipformers are run with Kaldi ` +
        'filter banks only.',
    );
  }
  const rows = facts.count('T') ?? facts.size('x', 1);
  const hop = facts.count('decode_chunk_len');
  if (rows === undefined || hop === undefined) {
    throw new AsrError(
      'MODEL_INVALID',
      `${facts.file}: its metadata must state T and decode_chunk_len, the frames per run; export the model again.`,
    );
  }
  return {
    frontEnd: kaldiFbankPreset({ bins: facts.size('x', -1) ?? 80 }),
    input: { name: 'x', shape: [1, 'rows', 'bins'] },
    output: { name: 'log_probs', kind: 'logProbs', stride: STRIDE },
    vocabulary,
    execution: {
      type: 'stateful',
      rows,
      hop,
      states: facts.inputs
        .filter(({ name }) => name !== 'x')
        .map(({ name }) => ({ input: name, output: `new_${name}` })),
      tail: 'drop',
      // The graph looks ahead; what is behind the last whole run is lost, so silence pushes all speech before it.
      tailSilence: Math.max(0.6, rows / 100),
    },
  };
}
