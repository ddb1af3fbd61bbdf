/** Small trained models of every CTC family, in its own layout, against the references in their folders. */
import {
  createFrontEnd,
  mixdown,
  writeWav,
  type CtcModel,
  type FrontEndConfig,
  type Pcm,
} from '@org/asr-node';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  argmax,
  expectMatrix,
  loadCtc,
  modelFolder,
  readClip,
  readGolden,
  type Summary,
} from './ctc-reference.js';

interface Case {
  readonly folder: string;
  readonly family: string;
  readonly layout: string;
  /** Matrices in `golden.json`. */
  readonly features: string;
  readonly output: string;
  readonly outputKind: 'logProbs' | 'probs';
  readonly secondsPerFrame: number;
  /** Columns of the features that the reference shows, where ours are more (stacked rows). */
  readonly frontEnd?: (config: FrontEndConfig) => FrontEndConfig;
  /** Silence that the reference put behind the clip before it took features. */
  readonly tailSamples?: number;
  /** Tolerance of the features; the reference rounds to 5 digits. */
  readonly tolerance?: number;
}

const CASES: readonly Case[] = [
  {
    folder: 'digits-zipformer-ctc',
    family: 'zipformer-ctc',
    layout: 'sherpa',
    features: 'features',
    output: 'log_probs',
    outputKind: 'logProbs',
    secondsPerFrame: 0.04,
  },
  {
    folder: 'digits-streaming-ctc',
    family: 'zipformer-ctc',
    layout: 'sherpa-streaming',
    features: 'features_with_tail',
    output: 'log_probs_all_chunks',
    outputKind: 'logProbs',
    secondsPerFrame: 0.04,
    tailSamples: 9600,
  },
  {
    folder: 'digits-nemo-ctc',
    family: 'nemo-ctc',
    layout: 'sherpa',
    features: 'features_TxF',
    output: 'logprobs',
    outputKind: 'logProbs',
    secondsPerFrame: 0.04,
  },
  {
    folder: 'digits-deepspeech',
    family: 'deepspeech',
    layout: 'mozilla',
    features: 'mfcc',
    output: 'logits_softmax_all_steps',
    outputKind: 'probs',
    secondsPerFrame: 0.02,
    // The reference shows single MFCC rows, the model takes them between their neighbours.
    frontEnd: (config) => (config.type === 'spectral' ? { ...config, stages: [] } : config),
  },
  {
    folder: 'digits-speechbrain-ctc',
    family: 'speechbrain-ctc',
    layout: 'features',
    features: 'feats_normalised_TxF',
    output: 'log_probs',
    outputKind: 'logProbs',
    secondsPerFrame: 0.04,
  },
];

const there = CASES.filter(({ folder }) => existsSync(modelFolder(folder)));

describe.each(there)('$folder', (layout) => {
  const folder = modelFolder(layout.folder);
  let model: CtcModel;
  beforeAll(async () => {
    model = await loadCtc(folder);
  });
  afterAll(() => model.dispose());

  it('is recognised', () => {
    const { family, layout: name, files } = model.info;
    expect({ family, name, files }).toEqual({
      family: layout.family,
      name: layout.layout,
      files: ['model.onnx'],
    });
    expect(model.info.detection).toContain('model.onnx');
  });

  it('writes the reference text of every clip', async () => {
    for (const { file, text } of readGolden(folder).clips) {
      const transcript = await model.transcribe(readClip(folder, file));
      expect(transcript.text, file).toBe(text.trim());
    }
  });

  it('takes the reference features', () => {
    const golden = readGolden(folder);
    const samples = mixdown(readClip(folder, golden.detail_clip));
    const padded = new Float32Array(samples.length + (layout.tailSamples ?? 0));
    padded.set(samples);
    const config = layout.frontEnd?.(model.config.frontEnd) ?? model.config.frontEnd;
    const { data, validFrames, bins } = createFrontEnd(config).extract(padded);
    const summary = golden[layout.features] as Summary;
    expectMatrix(data.subarray(0, validFrames * bins), bins, summary, layout.tolerance ?? 1e-3);
  });

  it('gives the reference output', async () => {
    const golden = readGolden(folder);
    const logProbs = await model.logProbs(readClip(folder, golden.detail_clip));
    expect(logProbs.secondsPerFrame).toBeCloseTo(layout.secondsPerFrame, 12);
    expect(argmax(logProbs)).toEqual(golden.ids);
    const data = layout.outputKind === 'probs' ? logProbs.data.map(Math.exp) : logProbs.data;
    expectMatrix(data, logProbs.vocabularySize, golden[layout.output] as Summary, 1e-3);
  });

  it('gives words with times inside of the audio', async () => {
    const { file } = readGolden(folder).clips.at(-1)!;
    const clip = readClip(folder, file);
    const { segments, duration, text } = await model.transcribe(clip, { timestamps: 'word' });
    const words = segments.flatMap((segment) => segment.words ?? []);
    expect(words.map((word) => word.text.trim()).join(' ')).toBe(text);
    let last = 0;
    for (const word of words) {
      expect(word.start).toBeGreaterThanOrEqual(last);
      expect(word.end).toBeGreaterThan(word.start);
      last = word.end;
    }
    expect(last).toBeLessThanOrEqual(duration);
  });

  it('takes audio of any length and rate', async () => {
    for (const length of [0, 1, 79, 80, 400, 1599]) {
      const silence: Pcm = { samples: new Float32Array(length), sampleRate: 16_000 };
      const { segments, text } = await model.transcribe(silence, { timestamps: 'word' });
      expect(segments.length > 0).toBe(text !== '');
    }
    const clip = readClip(folder, readGolden(folder).clips[0]!.file);
    const bytes = writeWav({ samples: mixdown(clip), sampleRate: clip.sampleRate });
    expect((await model.transcribe(bytes)).text).toBe((await model.transcribe(clip)).text);
  });

  it('stops when asked to', async () => {
    const clip = readClip(folder, readGolden(folder).clips[0]!.file);
    await expect(model.transcribe(clip, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});
