/** DeepSpeech 2 of both toolkits: tiny random graphs of their layouts (fixtures/scripts/make_deepspeech2.py). */
import { loadModel, mixdown, nemoPreset, readWav, type AsrError, type CtcModel } from '@org/asr-node';
import { repositoryFile } from '@org/asr-testkit';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCtc } from './ctc-reference.js';

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(repositoryFile(path)));
const jfk = mixdown(readWav(read('tests/fixtures/audio/jfk.wav')));
const clip = { samples: jfk.subarray(4800, 24_000), sampleRate: 16_000 };
const folderOf = (layout: string): string => repositoryFile(`tests/fixtures/deepspeech2-random/${layout}`);

interface Reference {
  readonly frames: number;
  readonly logProbs: readonly (readonly number[])[];
}

interface Layout {
  readonly folder: string;
  readonly info: object;
  readonly secondsPerFrame: number;
}

const LAYOUTS: readonly Layout[] = [
  {
    folder: 'paddle',
    info: { family: 'deepspeech2-paddle', layout: 'online', files: ['onnx/model.onnx'] },
    secondsPerFrame: 0.04,
  },
  {
    folder: 'pytorch',
    info: { family: 'deepspeech2-pytorch', layout: 'deepspeech.pytorch', files: ['model.onnx'] },
    secondsPerFrame: 0.02,
  },
];

describe.each(LAYOUTS)('$folder', ({ folder, info, secondsPerFrame }) => {
  let model: CtcModel;
  beforeAll(async () => {
    model = await loadCtc(folderOf(folder));
  });
  afterAll(() => model.dispose());

  it('is recognised', () => {
    expect(model.info).toMatchObject(info);
    expect(model.vocabulary.blank).toBe(0);
    expect(model.vocabulary.pieces[model.vocabulary.wordDelimiter!]).toBe(' ');
  });

  it('gives the reference log-probabilities', async () => {
    const { frames, logProbs: expected } = JSON.parse(
      readFileSync(join(folderOf(folder), 'reference.json'), 'utf8'),
    ) as Reference;
    const found = await model.logProbs(clip);
    expect(found.secondsPerFrame).toBeCloseTo(secondsPerFrame, 12);
    expect(found.frames).toBe(frames);
    expected.flat().forEach((value, i) => expect(Math.abs(found.data[i]! - value)).toBeLessThan(1e-3));
  });

  it('takes audio of any length', async () => {
    for (const length of [0, 1, 79, 160, 399, 400, 1599, 1600, 5000]) {
      const { segments, text, duration } = await model.transcribe(
        { samples: jfk.subarray(8000, 8000 + length), sampleRate: 16_000 },
        { timestamps: 'word' },
      );
      expect(segments.length > 0).toBe(text !== '');
      for (const { end } of segments) expect(end).toBeLessThanOrEqual(duration);
    }
  });
});

describe('PaddleSpeech', () => {
  it('gives the same however the audio is cut', async () => {
    await using model = await loadCtc(folderOf('paddle'));
    const whole = await model.logProbs(clip);
    const stream = model.openLogProbStream();
    const values: number[] = [];
    let at = 0;
    for (const length of [1, 700, 3000, 160, 9999, 1200]) {
      const samples = clip.samples.subarray(at, (at += length));
      for await (const piece of stream.push(samples)) values.push(...piece.data);
    }
    for await (const piece of stream.push(clip.samples.subarray(at))) values.push(...piece.data);
    for await (const piece of stream.finish()) values.push(...piece.data);
    stream.dispose();
    expect(values).toEqual([...whole.data]);
  });
});

/** A folder in memory, with files changed; `undefined` takes one away. */
async function loadChanged(
  layout: string,
  change: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const folder = folderOf(layout);
  const files: Record<string, Uint8Array> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile())
      files[path.slice(folder.length + 1).replaceAll('\\', '/')] = new Uint8Array(readFileSync(path));
  }
  for (const [name, content] of Object.entries(change)) {
    if (content === undefined) delete files[name];
    else files[name] = new TextEncoder().encode(content);
  }
  return loadModel({ files }, { offThread: false }).then(
    (model) => model.dispose().then(() => 'it loaded'),
    (error: unknown) => error,
  );
}

describe('damaged folders', () => {
  it.each([
    ['paddle', { 'data/mean_std.json': undefined }, 'MODEL_NOT_FOUND', /no mean_std\.json/],
    [
      'paddle',
      { 'data/mean_std.json': '{"mean_stat":[1],"var_stat":[1,2],"frame_num":2}' },
      'MODEL_INVALID',
      /1 numbers, var_stat 2/,
    ],
    [
      'paddle',
      { 'data/mean_std.json': '{"mean_stat":[1],"var_stat":"x","frame_num":2}' },
      'MODEL_INVALID',
      /var_stat must be a list/,
    ],
    [
      'paddle',
      { 'data/lang_char/vocab.txt': '<blank>\na\n' },
      'MODEL_INVALID',
      /30 labels, the vocabulary has 2/,
    ],
    ['paddle', { 'data/lang_char/vocab.txt': '<blank>\n\na\n' }, 'MODEL_INVALID', /line 2 is empty/],
    ['paddle', { 'data/lang_char/vocab.txt': undefined }, 'MODEL_UNSUPPORTED', /there is no vocab\.txt/],
    ['pytorch', { 'labels.json': '{"_":0}' }, 'MODEL_INVALID', /labels\.json: expected a list of strings/],
    ['pytorch', { 'labels.json': '["_","a"]' }, 'MODEL_INVALID', /29 labels, the vocabulary has 2/],
    ['pytorch', { 'labels.json': undefined }, 'MODEL_UNSUPPORTED', /there is no labels\.json/],
  ])('%s with %o', async (layout, change, code, message) => {
    const error = (await loadChanged(layout, change)) as AsrError;
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  it('numbers that are no probabilities are not taken for some', async () => {
    const path = repositoryFile('tests/fixtures/digits-nemo-ctc');
    const labels = ['<blk>', ...'abcdefghijklmnopqrs'];
    const frontEnd = nemoPreset();
    await using model = await loadCtc(path, {
      ctc: {
        frontEnd,
        input: {
          name: 'audio_signal',
          shape: [1, 'bins', 'rows'],
          lengths: { name: 'length', unit: 'rows' },
        },
        output: { name: 'logprobs', kind: 'probs', stride: 4 },
        vocabulary: { labels },
      },
    });
    await expect(model.logProbs(clip)).rejects.toThrow(
      /"logprobs" should be probabilities, but its first frame sums to -/,
    );
  });
});
