import { readFileSync } from 'node:fs';
import { createNodeBackend, createWorkerBackend } from '@org/asr-node';
import { openWhisperGraphs } from '@org/asr-core';
import type {
  EncodedAudio,
  InferenceBackend,
  InferenceSession,
  OpenedWhisperGraphs,
  OpenWhisperGraphsOptions,
  Tensor,
} from '@org/asr-core';
import { repositoryFile } from '@org/asr-testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderFiles } from './folder-files.js';

/** What `make_tiny_whisper.py` computed with numpy for the weights that all layouts hold. */
interface ReferenceCase {
  readonly frames: number;
  readonly tokens: readonly number[];
  readonly logits: readonly number[];
  readonly alignment: readonly number[];
}

const fixture = (path: string): string => repositoryFile(`tests/fixtures/whisper-tiny-random/${path}`);
const reference = JSON.parse(readFileSync(fixture('reference.json'), 'utf8')) as {
  readonly mels: number;
  readonly vocabulary: number;
  readonly maxTokens: number;
  readonly alignmentHeads: readonly unknown[];
  readonly features: readonly number[];
  readonly cases: readonly ReferenceCase[];
  readonly short: ReferenceCase;
};
const FRAMES = 20;
const V = reference.vocabulary;
const cases = reference.cases;
const first = cases[0]!;

/** The first `frames` frames of the reference's features. */
function features(frames = FRAMES): Float32Array {
  return Float32Array.from({ length: reference.mels * frames }, (_, i) => {
    return reference.features[Math.floor(i / frames) * FRAMES + (i % frames)]!;
  });
}

/** Logits of positions `from…to` of a reference case. */
function expected(of: ReferenceCase, from: number, to: number): readonly number[] {
  return of.logits.slice(from * V, to * V);
}

function expectClose(actual: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - wanted[i]!));
  expect(worst).toBeLessThan(tolerance);
}

/** Leaves outputs that are fed back where `data` can't reach them, as a GPU or a worker thread does. */
function onDevice(inner: InferenceBackend): InferenceBackend {
  return {
    name: 'device',
    async createSession(model, options) {
      const session = await inner.createSession(model, options);
      const kept = new Set(options?.deviceOutputs);
      const originals = new WeakMap<Tensor, Tensor>();
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        provider: session.provider,
        fallbacks: session.fallbacks,
        async run(feeds, fetches) {
          const own = Object.entries(feeds).map(([name, tensor]) => [name, originals.get(tensor) ?? tensor]);
          const outputs = await session.run(Object.fromEntries(own) as Record<string, Tensor>, fetches);
          for (const [name, tensor] of Object.entries(outputs)) {
            if (!kept.has(name)) continue;
            const remote: Tensor = {
              type: tensor.type,
              dims: tensor.dims,
              location: 'device',
              get data(): never {
                throw new Error(`${name} is on the device`);
              },
              read: () => tensor.read(),
              dispose: () => tensor.dispose(),
            };
            originals.set(remote, tensor);
            outputs[name] = remote;
          }
          return outputs;
        },
        dispose: () => session.dispose(),
        [Symbol.asyncDispose]: () => session.dispose(),
      } satisfies InferenceSession;
    },
    dispose: () => inner.dispose(),
    [Symbol.asyncDispose]: () => inner.dispose(),
  };
}

const LAYOUTS: readonly {
  readonly folder: string;
  readonly layout: string;
  readonly tolerance: number;
  readonly options?: OpenWhisperGraphsOptions;
}[] = [
  { folder: 'fast', layout: 'fast', tolerance: 2e-5 },
  { folder: 'huggingface-merged', layout: 'huggingface-merged', tolerance: 2e-5 },
  { folder: 'huggingface-split', layout: 'huggingface-split', tolerance: 2e-5 },
  { folder: 'sherpa', layout: 'sherpa', tolerance: 2e-5 },
  {
    folder: 'huggingface-merged-fp16',
    layout: 'huggingface-merged',
    tolerance: 0.05,
    options: { quantization: 'fp16' },
  },
];

describe.each(LAYOUTS)('Whisper graphs, $folder', ({ folder, layout, tolerance, options }) => {
  let backend: Awaited<ReturnType<typeof createNodeBackend>>;
  let graphs: OpenedWhisperGraphs;
  let audio: EncodedAudio;

  beforeAll(async () => {
    backend = await createNodeBackend();
    graphs = await openWhisperGraphs(folderFiles(fixture(folder)), backend, { threads: 1, ...options });
    audio = await graphs.encode(features(), FRAMES);
  });

  afterAll(async () => {
    audio.dispose();
    expect(backend.liveTensors).toBe(0);
    await graphs.dispose();
    await backend.dispose();
  });

  it('takes its sizes from the graphs', () => {
    expect(graphs).toMatchObject({
      layout,
      melBins: reference.mels,
      vocabularySize: V,
      maxTokens: reference.maxTokens,
      alignment: { available: true },
    });
    expect(audio.frames).toBe(FRAMES / 2);
  });

  it.each([0, 3, 5])('scores a prompt at once, from position %i', async (from) => {
    const decoder = audio.startDecoder();
    expectClose(await decoder.append(first.tokens, 1, from), expected(first, from, 6), tolerance);
    decoder.dispose();
  });

  it('scores token by token what it scores at once', async () => {
    const decoder = audio.startDecoder();
    expectClose(await decoder.append(first.tokens.slice(0, 2), 1, 1), expected(first, 1, 2), tolerance);
    for (let i = 2; i < 6; i++) {
      expectClose(await decoder.append([first.tokens[i]!], 1, 0), expected(first, i, i + 1), tolerance);
    }
    decoder.dispose();
  });

  it('appends several tokens to a history', async () => {
    const decoder = audio.startDecoder();
    await decoder.append(first.tokens.slice(0, 2), 1, 1);
    expectClose(await decoder.append(first.tokens.slice(2, 5), 1, 1), expected(first, 3, 5), tolerance);
    expectClose(await decoder.append(first.tokens.slice(5), 1, 0), expected(first, 5, 6), tolerance);
    decoder.dispose();
  });

  it('decodes several rows from an empty history', async () => {
    const decoder = audio.startDecoder();
    const prompts = cases.flatMap((one) => one.tokens.slice(0, 4));
    expectClose(
      await decoder.append(prompts, 3, 2),
      cases.flatMap((one) => expected(one, 2, 4)),
      tolerance,
    );
    const more = Int32Array.from(cases.flatMap((one) => one.tokens.slice(4)));
    expectClose(
      await decoder.append(more, 3, 0),
      cases.flatMap((one) => expected(one, 4, 6)),
      tolerance,
    );
    decoder.dispose();
  });

  it('continues one row by several, reorders, drops and repeats rows', async () => {
    const decoder = audio.startDecoder();
    const step = async (rows: readonly number[], position: number): Promise<void> => {
      const tokens = rows.map((row) => cases[row]!.tokens[position]!);
      const wanted = rows.flatMap((row) => expected(cases[row]!, position, position + 1));
      expectClose(await decoder.append(tokens, rows.length, 0), wanted, tolerance);
    };
    await decoder.append(first.tokens.slice(0, 2), 1, 1);
    await step([0, 1, 2], 2);
    await decoder.select([0, 1, 2]);
    await step([0, 1, 2], 3);
    await decoder.select([2, 0]);
    await step([2, 0], 4);
    await decoder.select([1, 1, 0, 1]);
    await step([0, 0, 2, 0], 5);
    decoder.dispose();
  });

  it('gives the alignment heads, at once and in steps', async () => {
    const heads = reference.alignmentHeads.length;
    const whole = audio.startDecoder();
    await whole.append(first.tokens, 1, 0);
    const all = await whole.alignment();
    expect(all).toMatchObject({ heads, tokens: 6, frames: FRAMES / 2 });
    expectClose(all.data, first.alignment, tolerance);
    whole.dispose();

    const stepped = audio.startDecoder();
    await stepped.append(first.tokens.slice(0, 3), 1, 0);
    await stepped.append(first.tokens.slice(3), 1, 0);
    const last = await stepped.alignment();
    expect(last).toMatchObject({ heads, tokens: 3 });
    const width = 6 * audio.frames;
    const wanted = Array.from({ length: heads }, (_, head) =>
      first.alignment.slice(head * width + 3 * audio.frames, (head + 1) * width),
    ).flat();
    expectClose(last.data, wanted, tolerance);
    await stepped.select([0, 0]);
    await stepped.append([1, 2], 2, 0);
    await expect(stepped.alignment()).rejects.toThrow(RangeError);
    stepped.dispose();
  });

  it('keeps decoders of the same window apart', async () => {
    const a = audio.startDecoder();
    const b = audio.startDecoder();
    await Promise.all([
      a.append(first.tokens.slice(0, 5), 1, 4),
      b.append(cases[1]!.tokens.slice(0, 5), 1, 4),
    ]);
    const [x, y] = await Promise.all([
      a.append(first.tokens.slice(5), 1, 0),
      b.append(cases[1]!.tokens.slice(5), 1, 0),
    ]);
    expectClose(x, expected(first, 5, 6), tolerance);
    expectClose(y, expected(cases[1]!, 5, 6), tolerance);
    a.dispose();
    b.dispose();
  });

  it('lets the caller overwrite logits', async () => {
    const decoder = audio.startDecoder();
    (await decoder.append(first.tokens.slice(0, 5), 1, 0)).fill(Number.NaN);
    expectClose(await decoder.append(first.tokens.slice(5), 1, 0), expected(first, 5, 6), tolerance);
    decoder.dispose();
  });

  it('frees everything, in whatever order', async () => {
    const before = backend.liveTensors;
    const window = await graphs.encode(features(), FRAMES);
    const decoder = window.startDecoder();
    await decoder.append(first.tokens, 1, 0);
    await decoder.select([0, 0, 0]);
    await decoder.append([1, 2, 3], 3, 0);
    const running = decoder.append([4, 5, 6], 3, 0);
    window.dispose();
    decoder.dispose();
    decoder.dispose();
    await expect(running).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(decoder.append([1, 1, 1], 3, 0)).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(() => window.startDecoder()).toThrow(/disposed/u);
    expect(backend.liveTensors).toBe(before);
  });

  it('works where keys and values stay on a device', async () => {
    const remote = await openWhisperGraphs(folderFiles(fixture(folder)), onDevice(backend), options);
    const before = backend.liveTensors;
    const window = await remote.encode(features(), FRAMES);
    const decoder = window.startDecoder();
    await decoder.append(first.tokens.slice(0, 2), 1, 1);
    const tokens = cases.map((one) => one.tokens[2]!);
    const wanted = cases.flatMap((one) => expected(one, 2, 3));
    expectClose(await decoder.append(tokens, 3, 0), wanted, tolerance);
    decoder.dispose();
    window.dispose();
    expect(backend.liveTensors).toBe(before);
    await remote.dispose();
  });

  it('refuses what it cannot do', async () => {
    await expect(graphs.encode(features(12), 13)).rejects.toThrow(RangeError);
    await expect(graphs.encode(new Float32Array(reference.mels * 22), 22)).rejects.toThrow(/frames/u);
    const decoder = audio.startDecoder();
    await expect(decoder.append([], 1, 0)).rejects.toThrow(RangeError);
    await expect(decoder.append([1, 2, 3], 2, 0)).rejects.toThrow(/same number/u);
    await expect(decoder.append([1, 2], 1, 2)).rejects.toThrow(/from/u);
    await expect(
      decoder.append(
        Array.from({ length: 25 }, () => 1),
        1,
        0,
      ),
    ).rejects.toThrow(/24/u);
    await expect(decoder.alignment()).rejects.toThrow(RangeError);
    await decoder.append([1, 2], 2, 0);
    await expect(decoder.append([1, 2, 3], 3, 0)).rejects.toThrow(/select/u);
    await expect(decoder.select([2])).rejects.toThrow(RangeError);
    await expect(decoder.select([])).rejects.toThrow(RangeError);
    decoder.dispose();
  });
});

describe('Whisper graphs', () => {
  let backend: Awaited<ReturnType<typeof createNodeBackend>>;
  beforeAll(async () => {
    backend = await createNodeBackend();
  });
  afterAll(() => backend.dispose());

  const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(fixture(path)));
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const config = JSON.parse(readFileSync(fixture('fast/config.json'), 'utf8')) as Record<string, unknown>;

  it('takes shorter windows in the fast layout', async () => {
    await using graphs = await openWhisperGraphs(folderFiles(fixture('fast')), backend);
    const audio = await graphs.encode(features(12), 12);
    expect(audio.frames).toBe(6);
    const decoder = audio.startDecoder();
    expectClose(await decoder.append(reference.short.tokens, 1, 0), [...reference.short.logits], 2e-5);
    decoder.dispose();
    audio.dispose();
  });

  it('runs in a worker thread', async () => {
    await using worker = await createWorkerBackend();
    await using graphs = await openWhisperGraphs(folderFiles(fixture('fast')), worker);
    const audio = await graphs.encode(features(), FRAMES);
    const decoder = audio.startDecoder();
    await decoder.append(first.tokens.slice(0, 2), 1, 1);
    const tokens = cases.map((one) => one.tokens[2]!);
    const logits = await decoder.append(tokens, 3, 0);
    expectClose(
      logits,
      cases.flatMap((one) => expected(one, 2, 3)),
      2e-5,
    );
    decoder.dispose();
    audio.dispose();
  });

  it.each([
    [
      'decoder_layers',
      3,
      /decoder layers is 2 by inputs of decoder\.onnx but 3 by decoder_layers in config\.json/u,
    ],
    ['decoder_layers', 1, /decoder layers is 2 .* but 1/u],
    ['vocab_size', 51865, /vocabulary size is 96 by axis 2 of logits of decoder\.onnx but 51865/u],
    ['num_mel_bins', 80, /mel bins is 6 by axis 1 of input_features of encoder\.onnx but 80/u],
    ['decoder_attention_heads', 4, /attention heads is 2/u],
    ['d_model', 'eight', /d_model in config\.json must be a positive whole number, found "eight"/u],
  ])('finds config.json wrong about %s = %s', async (field, value, message) => {
    const files = folderFiles(fixture('fast'), { 'config.json': json({ ...config, [field]: value }) });
    await expect(openWhisperGraphs(files, backend)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    [
      'a decoder of another layout',
      'huggingface-split/decoder_model.onnx',
      /decoder\.onnx has no input "logits_from"/u,
    ],
    ['an encoder in place of a decoder', 'fast/encoder.onnx', /decoder\.onnx has no input "logits_from"/u],
  ])('names what is odd about %s', async (_, other, message) => {
    const files = folderFiles(fixture('fast'), { 'decoder.onnx': bytes(other) });
    await expect(openWhisperGraphs(files, backend)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('says what word times need when the files lack it', async () => {
    const files = folderFiles(fixture('huggingface-split'), { 'generation_config.json': json({}) });
    await using graphs = await openWhisperGraphs(files, backend);
    expect(graphs.alignment).toMatchObject({ available: false });
    const audio = await graphs.encode(features(), FRAMES);
    const decoder = audio.startDecoder();
    await decoder.append([1], 1, 0);
    await expect(decoder.alignment()).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      message: expect.stringContaining('alignment_heads') as string,
    });
    decoder.dispose();
    audio.dispose();
  });

  it('refuses alignment heads that the model does not have', async () => {
    const files = folderFiles(fixture('huggingface-merged'), {
      'generation_config.json': json({ alignment_heads: [[5, 0]] }),
    });
    await expect(openWhisperGraphs(files, backend)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  it('frees its sessions when a graph cannot be loaded', async () => {
    let open = 0;
    const counting: InferenceBackend = {
      ...onDevice(backend),
      async createSession(model, options) {
        const session = await backend.createSession(model, options);
        open++;
        const dispose = (): Promise<void> => {
          open--;
          return session.dispose();
        };
        return { ...session, inputs: session.inputs, outputs: session.outputs, dispose };
      },
    };
    const broken = { 'decoder.onnx': new TextEncoder().encode('not a graph') };
    await expect(openWhisperGraphs(folderFiles(fixture('fast'), broken), counting)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
    });
    const wrong = { 'config.json': json({ ...config, vocab_size: 7 }) };
    await expect(openWhisperGraphs(folderFiles(fixture('fast'), wrong), counting)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
    });
    expect(open).toBe(0);
  });

  it('rejects use after dispose', async () => {
    const graphs = await openWhisperGraphs(folderFiles(fixture('sherpa')), backend);
    await graphs.dispose();
    await graphs.dispose();
    await expect(graphs.encode(features(), FRAMES)).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(backend.liveTensors).toBe(0);
  });
});
