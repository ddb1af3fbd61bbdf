import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectModel, loadModel } from '@org/asr-node';
import type { FeatureName, ModelInspection, ModelSource } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { repositoryFile } from '@org/asr-testkit';
import { describe, expect, it } from 'vitest';
import { HubServer } from './hub-server.js';

const fixture = (name: string): ModelSource => ({ path: repositoryFile(`tests/fixtures/${name}`) });

const supports = (inspection: ModelInspection, name: FeatureName): unknown =>
  inspection.features.find((feature) => feature.name === name)?.supported;

const used = ({ files }: ModelInspection): string[] =>
  files.filter((file) => file.used).map(({ name }) => name);

describe('inspectModel', () => {
  it('says what the packaged Whisper is, as loading it does', async () => {
    const found = await inspectModel(whisperTinyEn);
    await using model = await loadModel(whisperTinyEn, { offThread: false });
    const { family, layout, detection, origin, languages } = model.info;
    expect(found).toMatchObject({ family, layout, detection, origin, languages, sampleRate: 16_000 });
    expect(found.vocabulary).toEqual({ kind: 'byte-level BPE', size: 51_864 });
    expect(used(found)).toEqual([
      'config.json',
      'decoder.onnx',
      'encoder.onnx',
      'export.json',
      'generation_config.json',
      'tokenizer.json',
    ]);
    expect(found.files.find(({ name }) => name === 'preprocessor_config.json')).toMatchObject({
      used: false,
    });
    expect(found.size).toBeGreaterThan(40_000_000);
    expect(
      found.graphs.find(({ name }) => name === 'decoder.onnx')?.outputs.map(({ name }) => name),
    ).toContain('logits');
    expect(found.frontEnd).toContain('80 bins');
    expect(supports(found, 'word timestamps')).toBe(true);
    expect(supports(found, 'translation')).toBe(false);
    expect(supports(found, 'streaming')).toBe(true);
    expect(supports(found, 'hotwords')).toBe(true);
    expect(found.candidates.filter(({ matches }) => matches).map(({ family: name }) => name)).toEqual([
      'whisper',
    ]);
    expect(structuredClone(found)).toEqual(found);
  });

  it.each([
    ['digits-wav2vec2-ctc', 'wav2vec2'],
    ['digits-nemo-ctc', 'nemo-ctc'],
  ])('says what %s is, as loading it does', async (name, family) => {
    const found = await inspectModel(fixture(name));
    await using model = await loadModel(fixture(name), { offThread: false });
    expect(found).toMatchObject({ family, layout: model.info.layout, detection: model.info.detection });
    expect(used(found)).toEqual(expect.arrayContaining([...model.info.files]));
    expect(found.vocabulary?.kind).toBe('labels');
    expect(supports(found, 'word timestamps')).toBe(true);
    expect(supports(found, 'language model')).toBe(true);
    expect(found.features.find((feature) => feature.name === 'streaming')).toMatchObject({
      supported: true,
      reason: expect.stringContaining('carries no state') as string,
    });
    expect(found.graphs).toHaveLength(1);
  });

  it('names the graphs that it leaves alone, and heeds the precision', async () => {
    const files: Record<string, Uint8Array> = {};
    for (const [name, url] of Object.entries(whisperTinyEn.urls)) files[name] = await readFile(url);
    for (const role of ['encoder', 'decoder']) files[`${role}_fp32.onnx`] = files[`${role}.onnx`]!;
    const plain = await inspectModel({ files });
    expect(used(plain)).toEqual(expect.arrayContaining(['encoder.onnx', 'decoder.onnx']));
    expect(plain.files.find(({ name }) => name === 'encoder_fp32.onnx')).toMatchObject({
      used: false,
      reason: 'a graph of another precision, layout or purpose',
    });
    const chosen = await inspectModel({ files }, { quantization: 'fp32' });
    expect(chosen.quantization).toBe('fp32');
    expect(used(chosen)).toEqual(expect.arrayContaining(['encoder_fp32.onnx', 'decoder_fp32.onnx']));
    expect(used(chosen)).not.toContain('encoder.onnx');
    await expect(inspectModel({ files }, { quantization: 'q4' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });

  it.each<[string, Record<string, Uint8Array>, string, RegExp]>([
    ['an empty folder', {}, 'MODEL_NOT_FOUND', /holds no files/u],
    [
      'half a Whisper',
      {
        'config.json': new TextEncoder().encode('{"model_type":"whisper"}'),
        'encoder.onnx': new Uint8Array(9),
      },
      'MODEL_UNSUPPORTED',
      /looked for encoder\.onnx \+ decoder\.onnx.*found encoder\.onnx/u,
    ],
    [
      'something else',
      { 'a.bin': new Uint8Array(3) },
      'MODEL_UNSUPPORTED',
      /Looked for whisper:.*wav2vec2:/u,
    ],
  ])('names what it looked for in %s', async (_, files, code, message) => {
    await expect(inspectModel({ files })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('fetches only small files of a remote model, unless asked for more', async () => {
    await using hub = await HubServer.start();
    const cache = await mkdtemp(join(tmpdir(), 'asr-inspect-'));
    try {
      const files: Record<string, Uint8Array> = {};
      for (const [name, url] of Object.entries(whisperTinyEn.urls)) files[name] = await readFile(url);
      hub.models.set('ada/tiny', { files });
      const download = { endpoint: hub.endpoint, cache };
      const found = await inspectModel('ada/tiny', { download });
      expect(found.files.find(({ name }) => name === 'decoder.onnx')?.size).toBe(
        files['decoder.onnx']!.length,
      );
      expect(hub.downloads.some(({ url }) => url.includes('.onnx'))).toBe(false);
      expect(supports(found, 'word timestamps')).toBe('unknown');
      expect(found.size).toBe((await inspectModel(whisperTinyEn)).size);
      const all = await inspectModel('ada/tiny', { download, fetchGraphs: true });
      expect(supports(all, 'word timestamps')).toBe(true);
      expect(all.graphs).toHaveLength(2);
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  });
});
