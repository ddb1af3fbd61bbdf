import { AsrError } from '../../../errors.js';
import { wavePreset } from '../../../features/presets/wave.js';
import type { CtcModelConfig } from '../config.js';
import { parseTokenLines } from '../label-files.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import type { GraphFacts } from './graph-facts.js';
import { positive } from './read-files.js';
import { layoutOf } from './waveform.js';
import type { GraphDescription, GraphParts } from './single-graph.js';

/** Samples per frame of wav2vec 2.0's convolutions, and how many of them the first frame sees. */
const STRIDE = 320;
const FIRST_FRAME = 400;

/** How such a model is run. */
export async function describeWaveform({
  facts,
  labelFile,
  bytes,
  json,
}: GraphParts): Promise<GraphDescription> {
  const labels = parseTokenLines(await bytes(labelFile), labelFile);
  if (layoutOf(facts) === 'sherpa-omnilingual') {
    return { layout: 'sherpa-omnilingual', config: describeOmnilingual(facts, labels) };
  }
  const config = (await json('config.json')) ?? {};
  const stride = positive(config, 'subsampling_factor', 'config.json') ?? STRIDE;
  return { layout: 'onnx-asr', config: describeOnnxAsr(labels, stride) };
}

function describeOnnxAsr(labels: readonly string[], stride: number): CtcModelConfig {
  const frontEnd = wavePreset({ normalize: false });
  return {
    frontEnd,
    input: {
      name: 'input_values',
      shape: [1, 'rows'],
      lengths: { name: 'input_lengths', unit: 'rows' },
      minimumSeconds: FIRST_FRAME / frontEnd.sampleRate,
    },
    output: { name: 'logprobs', kind: 'logProbs', stride },
    vocabulary: { labels },
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}

function describeOmnilingual(facts: GraphFacts, labels: readonly string[]): CtcModelConfig {
  const frontEnd = wavePreset();
  const rate = facts.count('sample_rate') ?? frontEnd.sampleRate;
  if (rate !== frontEnd.sampleRate) {
    throw new AsrError(
      'MODEL_UNSUPPORTED',
      `${facts.file}: its metadata asks for audio at ${rate} Hz, expected ${frontEnd.sampleRate}; describe it with \`ctc\`.`,
    );
  }
  return {
    frontEnd,
    input: { name: 'x', shape: [1, 'rows'], minimumSeconds: FIRST_FRAME / rate },
    output: { name: 'logits', kind: 'logits', stride: STRIDE },
    // Its name is `<s>` there, which says nothing.
    vocabulary: { labels, blank: 0 },
    execution: { type: 'chunked', seconds: CHUNK_SECONDS },
  };
}
