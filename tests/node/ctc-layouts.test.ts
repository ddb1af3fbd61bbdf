/**
 * Layouts of which no trained model is at hand: a small graph of their inputs and outputs stands behind them, whose numbers
 * are computed here once more.
 */
import { isCtcModel, loadModel, type AsrError, type CtcModel } from '@org/asr-node';
import { repositoryFile, writeOnnx, type OnnxGraph } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Files = Record<string, Uint8Array>;

const STRIDE = 320;
const LABELS = ['<blk>', 'a', 'b', '|'];

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const json = (content: unknown): Uint8Array => text(JSON.stringify(content));
const lines = (labels: readonly string[]): Uint8Array =>
  text(labels.map((label, id) => `${label} ${id}\n`).join(''));

/** Deterministic, between −1 and 1. */
const wobble = (i: number): number => Math.sin(12.9898 * (i + 1)) * Math.cos(0.7 * i);

const weights = (size: number): Float32Array =>
  Float32Array.from({ length: STRIDE * size }, (_, i) => wobble(i));

interface Signature {
  readonly input: string;
  readonly dims: readonly (number | string)[];
  readonly output: string;
  readonly lengths?: string;
  readonly size?: number;
}

/** 320 numbers of the input times a matrix are a frame of the output. */
function graph({ input, dims, output, lengths, size = LABELS.length }: Signature): OnnxGraph {
  const bytes = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer);
  return {
    nodes: [
      { op: 'Reshape', inputs: [input, 'shape'], outputs: ['rows'] },
      { op: 'MatMul', inputs: ['rows', 'weights'], outputs: ['values'] },
      { op: output === 'logits' ? 'Identity' : 'LogSoftmax', inputs: ['values'], outputs: [output] },
    ],
    inputs: [
      { name: input, type: 'float32', dims },
      ...(lengths === undefined ? [] : [{ name: lengths, type: 'int64' as const, dims: ['N'] }]),
    ],
    outputs: [{ name: output, type: 'float32', dims: ['N', 'T', size] }],
    initializers: [
      { name: 'shape', type: 'int64', dims: [3], data: bytes(BigInt64Array.of(1n, -1n, BigInt(STRIDE))) },
      { name: 'weights', type: 'float32', dims: [STRIDE, size], data: bytes(weights(size)) },
    ],
  };
}

/** `metadata_props` behind a graph. */
function withProperties(model: Uint8Array, properties: Readonly<Record<string, string>>): Uint8Array {
  const field = (number: number, content: readonly number[]): number[] => [
    (number << 3) | 2,
    content.length,
    ...content,
  ];
  const entries = Object.entries(properties).flatMap(([key, value]) =>
    field(14, [...field(1, [...text(key)]), ...field(2, [...text(value)])]),
  );
  return Uint8Array.of(...model, ...entries);
}

async function load(files: Files): Promise<CtcModel> {
  const model = await loadModel({ files }, { offThread: false });
  if (!isCtcModel(model)) throw new Error(`taken for a ${model.info.family}`);
  return model;
}

async function failure(files: Files): Promise<AsrError> {
  return loadModel({ files }, { offThread: false }).then(
    () => expect.unreachable('it loaded'),
    (error: unknown) => error as AsrError,
  );
}

/** Half a second that is neither centred nor of unit variance. */
const clip = {
  samples: Float32Array.from({ length: 25 * STRIDE }, (_, i) => 0.1 + 0.3 * wobble(i * 3)),
  sampleRate: 16_000,
};

/** Log-probabilities of the graph for samples, in double precision. */
function expected(samples: Float32Array, size: number): number[] {
  const matrix = weights(size);
  const found: number[] = [];
  for (let at = 0; at < samples.length; at += STRIDE) {
    const row = Array.from({ length: size }, (_, id) => {
      let sum = 0;
      for (let i = 0; i < STRIDE; i++) sum += samples[at + i]! * matrix[i * size + id]!;
      return sum;
    });
    const norm = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
    found.push(...row.map((value) => value - norm));
  }
  return found;
}

function normalized(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples.length;
  return samples.map((value) => (value - mean) / Math.sqrt(variance + 1e-7));
}

async function expectLogProbs(model: CtcModel, samples: Float32Array, size = LABELS.length): Promise<void> {
  const { data, frames, secondsPerFrame } = await model.logProbs(clip);
  expect([frames, secondsPerFrame]).toEqual([25, 0.02]);
  expected(samples, size).forEach((value, i) => expect(Math.abs(data[i]! - value)).toBeLessThan(1e-3));
}

describe('wav2vec 2.0 and its relatives in the layout of Hugging Face', () => {
  const files = {
    'onnx/model_quantized.onnx': writeOnnx(
      graph({ input: 'input_values', dims: ['N', 'S'], output: 'logits' }),
    ),
    'vocab.json': json({ '<pad>': 0, a: 1, b: 2, '|': 3 }),
    'preprocessor_config.json': json({ do_normalize: true, sampling_rate: 16_000 }),
  };

  it.each([
    ['wav2vec2', 'Wav2Vec2ForCTC'],
    ['hubert', 'HubertForCTC'],
    ['wavlm', 'WavLMForCTC'],
    ['data2vec-audio', 'Data2VecAudioForCTC'],
    ['wav2vec2-conformer', 'Wav2Vec2ConformerForCTC'],
    ['unispeech', 'UniSpeechForCTC'],
    ['unispeech-sat', 'UniSpeechSatForCTC'],
    ['sew', 'SEWForCTC'],
    ['sew-d', 'SEWDForCTC'],
  ])('%s', async (type, architecture) => {
    const config = json({ model_type: type, architectures: [architecture], pad_token_id: 0 });
    await using model = await load({ ...files, 'config.json': config });
    expect(model.info).toMatchObject({ family: 'wav2vec2', layout: 'huggingface' });
    expect(model.info.detection).toContain(`model_type "${type}"`);
    await expectLogProbs(model, normalized(clip.samples));
  });

  it('does not normalise where the extractor does not', async () => {
    await using model = await load({
      ...files,
      'config.json': json({ model_type: 'hubert' }),
      'preprocessor_config.json': json({ do_normalize: false }),
    });
    await expectLogProbs(model, clip.samples);
  });

  it('MMS: the labels are those of the adapter’s language', async () => {
    const config = json({ model_type: 'wav2vec2', architectures: ['Wav2Vec2ForCTC'] });
    const vocabulary = json({
      eng: { '<pad>': 0, a: 1, b: 2, '|': 3 },
      fra: { '<pad>': 0, é: 1, ç: 2, '|': 3 },
    });
    const mms = (language?: string) => ({
      ...files,
      'config.json': config,
      'vocab.json': vocabulary,
      'tokenizer_config.json': json({ pad_token: '<pad>', target_lang: language }),
    });
    await using model = await load(mms('fra'));
    expect(model.vocabulary.pieces).toEqual(['', 'é', 'ç', ' ']);
    expect((await failure(mms('deu'))).message).toMatch(/target_lang .* is "deu"; expected one of eng, fra/);
    expect((await failure(mms())).code).toBe('MODEL_INVALID');
  });
});

describe('wav2vec 2.0 without a configuration', () => {
  const onnxAsr = writeOnnx(
    graph({ input: 'input_values', dims: ['N', 'S'], output: 'logprobs', lengths: 'input_lengths' }),
  );

  it('onnx-asr: samples as they are, blank by its name, stride of config.json', async () => {
    const files = { 'model.onnx': onnxAsr, 'vocab.txt': lines(['a', 'b', '▁', '<blk>']) };
    await using model = await load(files);
    expect(model.info).toMatchObject({ family: 'waveform-ctc', layout: 'onnx-asr' });
    expect(model.vocabulary).toMatchObject({ blank: 3, wordDelimiter: 2 });
    await expectLogProbs(model, clip.samples);
    await using slow = await load({ ...files, 'config.json': json({ subsampling_factor: 640 }) });
    expect((await slow.logProbs(clip)).secondsPerFrame).toBe(0.04);
  });

  const omnilingual = writeOnnx(graph({ input: 'x', dims: ['N', 'num_samples'], output: 'logits' }));
  const files = {
    'model.int8.onnx': withProperties(omnilingual, { model_type: 'omnilingual-asr', sample_rate: '16000' }),
    'tokens.txt': lines(['<s>', 'a', 'b', ' ']),
  };

  it('sherpa-onnx, Omnilingual: normalised samples, label 0 is the blank', async () => {
    await using model = await load(files);
    expect(model.info).toMatchObject({ family: 'waveform-ctc', layout: 'sherpa-omnilingual' });
    expect(model.vocabulary).toMatchObject({ blank: 0, wordDelimiter: 3 });
    await expectLogProbs(model, normalized(clip.samples));
    expect((await model.transcribe(clip)).text.trim()).toMatch(/^[ab ]*$/);
  });

  it('another rate of the audio is an error', async () => {
    const error = await failure({
      ...files,
      'model.int8.onnx': withProperties(omnilingual, { sample_rate: '8000' }),
    });
    expect(error.code).toBe('MODEL_UNSUPPORTED');
    expect(error.message).toMatch(/8000 Hz, expected 16000/);
  });
});

describe('SpeechBrain with SentencePiece', () => {
  const folder = repositoryFile('tests/fixtures/sentencepiece');
  const pieces = JSON.parse(readFileSync(`${folder}/pieces.json`, 'utf8')) as string[];
  const size = pieces.length;

  it('reads the pieces of tokenizer.ckpt; label 0 is the blank', async () => {
    await using model = await load({
      'model.onnx': writeOnnx(graph({ input: 'wavs', dims: ['N', 'S'], output: 'log_probs', size })),
      'tokenizer.ckpt': new Uint8Array(readFileSync(`${folder}/tokenizer.ckpt`)),
    });
    expect(model.info).toMatchObject({ family: 'speechbrain-ctc', layout: 'waveform' });
    expect(model.vocabulary.blank).toBe(0);
    expect(model.vocabulary.pieces.slice(3)).toEqual(pieces.slice(3).map((piece) => piece.replace('▁', ' ')));
    await expectLogProbs(model, clip.samples, size);
  });

  it('says so when it is another checkpoint', async () => {
    const error = await failure({
      'model.onnx': writeOnnx(graph({ input: 'wavs', dims: ['N', 'S'], output: 'log_probs', size })),
      'tokenizer.ckpt': text('PK\u0003\u0004 a checkpoint of PyTorch'),
    });
    expect(error.code).toBe('MODEL_INVALID');
    expect(error.message).toMatch(/tokenizer\.ckpt: not a SentencePiece model/);
  });
});

describe('NeMo', () => {
  const nemo = writeOnnx(
    graph({ input: 'audio_signal', dims: ['N', 'bins', 'T'], output: 'logprobs', lengths: 'length' }),
  );
  const files = { 'model.onnx': nemo, 'vocab.txt': lines(['a', 'b', '▁', '<blk>']) };

  it('takes the number of bins from config.json where the graph leaves it open', async () => {
    const config = { model_type: 'nemo-conformer-ctc', features_size: 128, subsampling_factor: 8 };
    await using model = await load({ ...files, 'config.json': json(config) });
    const { frontEnd, output } = model.config;
    expect(frontEnd.type === 'spectral' && frontEnd.filters?.bins).toBe(128);
    expect(output.stride).toBe(8);
  });

  it('does not take GigaAM’s features for its own', async () => {
    const graphs = withProperties(nemo, { is_giga_am: '1', subsampling_factor: '4' });
    const error = await failure({ ...files, 'model.onnx': graphs });
    expect(error.code).toBe('MODEL_UNSUPPORTED');
    expect(error.message).toMatch(/is_giga_am/);
  });
});
