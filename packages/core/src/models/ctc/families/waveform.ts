import { AsrError } from '../../../errors.js';
import { wavePreset } from '../../../features/presets/wave.js';
import type { Family } from '../../family.js';
import type { CtcModelConfig } from '../config.js';
import { parseTokenLines } from '../label-files.js';
import { CHUNK_SECONDS } from './chunk-seconds.js';
import type { GraphFacts } from './graph-facts.js';
import { positive } from './read-files.js';
import { singleGraphFamily } from './single-graph.js';

/** Samples per frame of wav2vec 2.0's convolutions, and how many of them the first frame sees. */
const STRIDE = 320;
const FIRST_FRAME = 400;

/**
 * wav2vec 2.0 without Hugging Face's configuration, told by its graph: onnx-asr's exports (`vocab.txt`; `input_values` and
 * `input_lengths` to `logprobs`, with the normalisation inside of the graph) and sherpa-onnx's Omnilingual ASR (`tokens.txt`;
 * `x` to `logits`, with label 0 as the blank).
 */
export const waveformCtcFamily: Family = /* @__PURE__ */ singleGraphFamily({
  name: 'waveform-ctc',
  labelFiles: ['tokens.txt', 'vocab.txt'],
  expected: 'not input_values and input_lengths, or samples as x',

  recognise(facts) {
    const layout = layoutOf(facts);
    if (layout === 'onnx-asr') return 'takes input_values with input_lengths and gives logprobs';
    return layout && 'takes samples as x and gives logits';
  },

  async describe({ facts, labelFile, bytes, json }) {
    const labels = parseTokenLines(await bytes(labelFile), labelFile);
    if (layoutOf(facts) === 'sherpa-omnilingual') {
      return { layout: 'sherpa-omnilingual', config: describeOmnilingual(facts, labels) };
    }
    const config = (await json('config.json')) ?? {};
    const stride = positive(config, 'subsampling_factor', 'config.json') ?? STRIDE;
    return { layout: 'onnx-asr', config: describeOnnxAsr(labels, stride) };
  },
});

function layoutOf(facts: GraphFacts): 'onnx-asr' | 'sherpa-omnilingual' | undefined {
  const { inputs } = facts;
  if (facts.has('inputs', 'input_values') && facts.has('inputs', 'input_lengths')) {
    return facts.has('outputs', 'logprobs') ? 'onnx-asr' : undefined;
  }
  // Features would have a third axis.
  const samples = inputs.length === 1 && inputs[0]!.name === 'x' && inputs[0]!.dims?.length === 2;
  return samples && facts.has('outputs', 'logits') ? 'sherpa-omnilingual' : undefined;
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
