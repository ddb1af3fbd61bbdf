/** What loading says about folders that are incomplete, damaged or contradictory: the file, and what is wrong with it. */
import { AsrError, loadModel, type CtcModelConfig, type SpeechModel } from '@org/asr-node';
import { hasTestData } from '@org/asr-testkit';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCtc, modelFolder, readClip, readGolden } from './ctc-reference.js';

type Files = Record<string, Uint8Array>;

function readFolder(name: string): Files {
  const folder = modelFolder(name);
  const names = readdirSync(folder).filter((file) => !file.endsWith('.wav') && file !== 'README.md');
  return Object.fromEntries(names.map((file) => [file, new Uint8Array(readFileSync(join(folder, file)))]));
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const load = (files: Files, options: { ctc?: CtcModelConfig } = {}): Promise<SpeechModel> =>
  loadModel({ files }, { offThread: false, ...options });

async function failure(loading: Promise<SpeechModel>): Promise<AsrError> {
  const error: unknown = await loading.then(
    () => new Error('it loaded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AsrError)) throw error;
  return error;
}

/** Change of a folder; `undefined` takes a file away. */
type Change = Readonly<Record<string, Uint8Array | undefined>>;

function changed(files: Files, change: Change): Files {
  return Object.fromEntries(
    Object.entries({ ...files, ...change }).filter(
      (entry): entry is [string, Uint8Array] => entry[1] !== undefined,
    ),
  );
}

const CASES: readonly [folder: string, change: Change, code: string, message: RegExp][] = [
  [
    'digits-wav2vec2-ctc',
    { 'vocab.json': undefined },
    'MODEL_UNSUPPORTED',
    /no vocab\.json or tokenizer\.json/,
  ],
  ['digits-wav2vec2-ctc', { 'model.onnx': undefined }, 'MODEL_UNSUPPORTED', /there is no model\.onnx/],
  ['digits-wav2vec2-ctc', { 'vocab.json': text('{"a":0') }, 'MODEL_INVALID', /vocab\.json: not a JSON file/],
  [
    'digits-wav2vec2-ctc',
    { 'vocab.json': text('{"<pad>":0,"a":1}') },
    'MODEL_INVALID',
    /32 labels, the vocabulary has 2/,
  ],
  [
    'digits-wav2vec2-ctc',
    {
      'config.json': text('{"model_type":"wav2vec2","architectures":["Wav2Vec2ForSequenceClassification"]}'),
    },
    'MODEL_UNSUPPORTED',
    /no CTC head/,
  ],
  [
    'digits-wav2vec2-ctc',
    { 'config.json': text('{"model_type":"wav2vec2","conv_stride":"5"}') },
    'MODEL_INVALID',
    /conv_stride in config\.json/,
  ],
  ['digits-wav2vec2-ctc', { 'model.onnx': text('<html>') }, 'MODEL_INVALID', /model\.onnx/],
  [
    'digits-nemo-ctc',
    { 'tokens.txt': undefined, 'vocab.txt': undefined },
    'MODEL_UNSUPPORTED',
    /no tokens\.txt or vocab\.txt/,
  ],
  ['digits-nemo-ctc', { 'tokens.txt': text('a 0\nb\n') }, 'MODEL_INVALID', /tokens\.txt: line 2/],
  [
    'digits-nemo-ctc',
    { 'tokens.txt': text('a 0\n<blk> 1\n') },
    'MODEL_INVALID',
    /20 labels, the vocabulary has 2/,
  ],
  [
    'digits-nemo-ctc',
    { 'model.onnx': text('version https://git-lfs') },
    'MODEL_INVALID',
    /model\.onnx: not an ONNX model/,
  ],
  [
    'digits-nemo-ctc',
    { 'other.onnx': text('') },
    'MODEL_UNSUPPORTED',
    /several graphs \(model\.onnx, other\.onnx/,
  ],
  ['digits-zipformer-ctc', { 'tokens.txt': undefined }, 'MODEL_UNSUPPORTED', /there is no tokens\.txt/],
  ['digits-zipformer-ctc', { 'tokens.txt': text('x') }, 'MODEL_INVALID', /tokens\.txt: line 1/],
  [
    'digits-streaming-ctc',
    { 'tokens.txt': text('<blk> 0\n<blk> 0\n') },
    'MODEL_INVALID',
    /share the index 0/,
  ],
  ['digits-deepspeech', { 'alphabet.txt': undefined }, 'MODEL_UNSUPPORTED', /there is no alphabet\.txt/],
  [
    'digits-deepspeech',
    { 'alphabet.txt': text('a\nb\n') },
    'MODEL_INVALID',
    /29 labels, the vocabulary has 3/,
  ],
  [
    'digits-speechbrain-ctc',
    { 'normalizer.json': undefined },
    'MODEL_NOT_FOUND',
    /normalizer\.json is missing.*normalizer\.ckpt/,
  ],
  [
    'digits-speechbrain-ctc',
    { 'normalizer.json': text('{"glob_mean":[1],"glob_std":[]}') },
    'MODEL_INVALID',
    /glob_std/,
  ],
  [
    'digits-speechbrain-ctc',
    { 'label_encoder.txt': text('A\n') },
    'MODEL_INVALID',
    /label_encoder\.txt: line 1/,
  ],
  [
    'digits-speechbrain-ctc',
    { 'label_encoder.txt': undefined },
    'MODEL_UNSUPPORTED',
    /there is no label_encoder\.txt/,
  ],
];

const committed = ['digits-wav2vec2-ctc', 'digits-nemo-ctc'];

describe.each(CASES.filter(([folder]) => hasTestData || committed.includes(folder)))(
  '%s with %o',
  (folder, change, code, message) => {
    it(`is ${code}`, async () => {
      const error = await failure(load(changed(readFolder(folder), change)));
      expect(error.message).toMatch(message);
      expect(error.code).toBe(code);
    });
  },
);

/** A JSON file with fields changed. */
function patched(files: Files, name: string, fields: object): Change {
  const json = name in files ? (JSON.parse(new TextDecoder().decode(files[name])) as object) : {};
  return { [name]: text(JSON.stringify({ ...json, ...fields })) };
}

/** A graph with one more entry of `metadata_props`, which counts above an earlier one. */
function withProperty(files: Files, name: string, key: string, value: string): Change {
  const field = (number: number, content: Iterable<number>): number[] => {
    const bytes = [...content];
    return [(number << 3) | 2, bytes.length, ...bytes];
  };
  const entry = field(14, [...field(1, text(key)), ...field(2, text(value))]);
  return { [name]: new Uint8Array(Buffer.concat([files[name]!, Uint8Array.from(entry)])) };
}

const NUMBERS: readonly [folder: string, change: (files: Files) => Change, message: RegExp][] = [
  [
    'digits-wav2vec2-ctc',
    (files) => patched(files, 'config.json', { conv_stride: [1e6, 1e6, 1e6] }),
    /makes a frame .* long/,
  ],
  [
    'digits-wav2vec2-ctc',
    (files) => patched(files, 'config.json', { conv_kernel: [1e9, 1e9] }),
    /minimumSeconds must be from 0 to 60/,
  ],
  [
    'digits-wav2vec2-ctc',
    (files) => patched(files, 'config.json', { add_adapter: true, num_adapter_layers: 500 }),
    /makes a frame .* long/,
  ],
  [
    'digits-wav2vec2-ctc',
    (files) => patched(files, 'preprocessor_config.json', { sampling_rate: 1e12 }),
    /sampleRate must be a whole number from 1000 to 768000/,
  ],
  [
    'digits-nemo-ctc',
    (files) => withProperty(files, 'model.onnx', 'subsampling_factor', '999999999'),
    /makes a frame .* long/,
  ],
  [
    'digits-streaming-ctc',
    (files) => withProperty(files, 'model.onnx', 'T', '99999999'),
    /execution\.rows must be/,
  ],
  [
    'digits-streaming-ctc',
    (files) => withProperty(files, 'model.onnx', 'T', '90'),
    /takes 45 rows a run, the description says 90/,
  ],
  [
    'digits-streaming-ctc',
    (files) => withProperty(files, 'model.onnx', 'decode_chunk_len', '46'),
    /hop must be a whole number from 1 to rows/,
  ],
  [
    'digits-speechbrain-ctc',
    (files) => patched(files, 'hyperparams.json', { features: { n_fft: 2 ** 30 } }),
    /fftLength must be/,
  ],
  [
    'digits-speechbrain-ctc',
    (files) => patched(files, 'hyperparams.json', { model: { subsampling_factor: 1e9 } }),
    /makes a frame .* long/,
  ],
  [
    'digits-transducer',
    (files) => withProperty(files, 'decoder.onnx', 'context_size', '200000000'),
    /context_size 200000000/,
  ],
];

describe.each(NUMBERS.filter(([folder]) => hasTestData || committed.includes(folder)))(
  '%s with a number that can’t be',
  (folder, change, message) => {
    it(`is MODEL_INVALID: ${message.source}`, async () => {
      const files = readFolder(folder);
      const error = await failure(load(changed(files, change(files))));
      expect(error.message).toMatch(message);
      expect(error.code).toBe('MODEL_INVALID');
    });
  },
);

describe('any number of the configuration changed', () => {
  const numbers = fc.oneof(
    fc.constantFrom(0, -1, 0.5, 1e9, 2 ** 31, 2 ** 53, 1e300),
    fc.integer({ min: 1, max: 100_000 }),
  );

  /** Loads, and hears a second and a half of noise; only a typed error may come out. */
  async function survives(files: Files): Promise<void> {
    const samples = Float32Array.from({ length: 24_000 }, (_, i) => Math.sin(i * i) / 4);
    try {
      await using model = await load(files);
      await model.transcribe({ samples, sampleRate: 16_000 });
    } catch (error) {
      expect(AsrError.isInstance(error), String(error)).toBe(true);
    }
  }

  it('is an AsrError or a model, at once', async () => {
    const files = readFolder('digits-wav2vec2-ctc');
    const fields = fc.constantFrom(
      ...['conv_stride', 'conv_kernel', 'inputs_to_logits_ratio', 'adapter_stride', 'num_adapter_layers'].map(
        (key) => ['config.json', key] as const,
      ),
      ...['vocab_size', 'pad_token_id'].map((key) => ['config.json', key] as const),
      ['preprocessor_config.json', 'sampling_rate'] as const,
    );
    await fc.assert(
      fc.asyncProperty(fields, numbers, fc.nat(6), async ([name, key], number, at) => {
        const list = [5, 2, 2, 2, 2, 2, 2].with(at, number);
        const value = key.startsWith('conv_') ? list : number;
        await survives(changed(files, patched(files, name, { add_adapter: true, [key]: value })));
      }),
      { numRuns: 60 },
    );
  });

  it('of the graph’s metadata too', async () => {
    const files = readFolder('digits-nemo-ctc');
    const keys = fc.constantFrom('subsampling_factor', 'normalize_type', 'is_giga_am');
    await fc.assert(
      fc.asyncProperty(keys, numbers, (key, number) =>
        survives(changed(files, withProperty(files, 'model.onnx', key, String(number)))),
      ),
      { numRuns: 20 },
    );
  });
});

describe('a folder in memory', () => {
  it('loads as one on disk does', async () => {
    const folder = modelFolder('digits-nemo-ctc');
    await using model = await load(readFolder('digits-nemo-ctc'));
    const { clips } = readGolden(folder);
    expect((await model.transcribe(readClip(folder, clips[0]!.file))).text).toBe(clips[0]!.text);
  });

  it('loads in the layout of onnx-asr', async () => {
    const files = changed(readFolder('digits-nemo-ctc'), { 'tokens.txt': undefined });
    await using model = await load(files);
    expect(model.info.layout).toBe('onnx-asr');
  });

  it('refuses a graph that is cut short wherever it is cut', async () => {
    const files = readFolder('digits-nemo-ctc');
    const graph = files['model.onnx']!;
    for (const share of [0, 0.001, 0.3, 0.7, 0.999]) {
      const cut = graph.slice(0, Math.floor(share * graph.length));
      const error = await failure(load(changed(files, { 'model.onnx': cut })));
      expect(error.code, String(share)).toBe('MODEL_INVALID');
    }
  });
});

describe('a model that is described', () => {
  it('gives what the detected one gives, whatever the names of its files', async () => {
    const folder = modelFolder('digits-nemo-ctc');
    await using detected = await loadCtc(folder);
    const files = { 'mine.onnx': readFolder('digits-nemo-ctc')['model.onnx']! };
    await using described = await load(files, { ctc: detected.config });
    expect(described.info).toMatchObject({ family: 'ctc', layout: 'described', files: ['mine.onnx'] });
    for (const { file, text: expected } of readGolden(folder).clips) {
      expect((await described.transcribe(readClip(folder, file))).text).toBe(expected);
    }
  });

  it('names what does not fit', async () => {
    await using detected = await loadCtc(modelFolder('digits-nemo-ctc'));
    const files = { 'mine.onnx': readFolder('digits-nemo-ctc')['model.onnx']! };
    const ctc = { ...detected.config, graph: 'other.onnx' };
    expect((await failure(load(files, { ctc }))).message).toMatch(/no other\.onnx/);
    const output = { ...detected.config.output, name: 'logits' };
    const error = await failure(load(files, { ctc: { ...detected.config, output } }));
    expect(error.message).toMatch(/no output "logits"; it gives "logprobs"/);
  });
});
