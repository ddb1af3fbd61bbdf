import { AsrError } from '../../../errors.js';
import { nemoPreset } from '../../../features/presets/nemo.js';
import type { JsonObject } from '../../../text/json-file.js';
import type { CtcLabels, CtcModelConfig } from '../config.js';
import { parseTokenLines } from '../label-files.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import type { GraphFacts } from './graph-facts.js';
import { positive } from './read-files.js';
import type { GraphDescription, GraphParts } from './single-graph.js';

/** How such a model is run. */
export async function describeNemo({ facts, labelFile, bytes, json }: GraphParts): Promise<GraphDescription> {
  const labels = parseTokenLines(await bytes(labelFile), labelFile);
  const config = (await json('config.json')) ?? {};
  return {
    layout: labelFile === 'tokens.txt' ? 'sherpa' : 'onnx-asr',
    config: describe(facts, config, { labels }),
  };
}

function describe(facts: GraphFacts, config: JsonObject, vocabulary: CtcLabels): CtcModelConfig {
  const stride = facts.count('subsampling_factor') ?? positive(config, 'subsampling_factor', 'config.json');
  if (stride === undefined) {
    throw new AsrError(
      'MODEL_INVALID',
      `${facts.file}: neither its metadata nor config.json states subsampling_factor, without which words have no ` +
        'times; add {"subsampling_factor": 4} (Conformer) or 8 (FastConformer, Parakeet, Citrinet) as config.json.',
    );
  }
  if (facts.property('is_giga_am') === '1') {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${facts.file}: its metadata says is_giga_am, a model with features of its own; describe it with \`ctc\`.`,
    );
  }
  const normalize = facts.property('normalize_type') ?? 'per_feature';
  if (!['per_feature', 'NA', ''].includes(normalize)) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `normalize_type "${normalize}" in the graph's metadata is unknown; expected per_feature or NA.`,
    );
  }
  return {
    frontEnd: nemoPreset({
      bins: facts.size('audio_signal', 1) ?? positive(config, 'features_size', 'config.json') ?? 80,
      normalize: normalize === 'per_feature' ? 'per_feature' : 'none',
    }),
    input: {
      name: 'audio_signal',
      shape: [1, 'bins', 'rows'],
      ...(facts.has('inputs', 'length') && { lengths: { name: 'length', unit: 'rows' } }),
      minimumSeconds: 0.2,
    },
    output: { name: 'logprobs', kind: 'logProbs', stride },
    vocabulary,
    // Citrinet has no attention, but normalises over the utterance.
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}
