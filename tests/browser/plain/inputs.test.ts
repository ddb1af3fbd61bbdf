import { loadModel } from '@org/asr-web';
import type { SpeechModel } from '@org/asr-web';
import { connectWorker } from '@org/asr-web/worker';
import type { RemoteModels } from '@org/asr-web/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';

/** The clip in every form that browsers have for audio. */
async function inputs(): Promise<Readonly<Record<string, unknown>>> {
  const buffer = await (await fetch(DIGITS_CLIP)).arrayBuffer();
  const context = new OfflineAudioContext({ numberOfChannels: 1, length: 1, sampleRate: 48_000 });
  return {
    ArrayBuffer: buffer,
    Uint8Array: new Uint8Array(buffer),
    Blob: new Blob([buffer]),
    File: new File([buffer], 'clip.wav'),
    AudioBuffer: await context.decodeAudioData(buffer.slice(0)),
    URL: DIGITS_CLIP,
    address: DIGITS_CLIP.pathname,
    ReadableStream: new Blob([buffer]).stream(),
  };
}

describe('audio in the forms that browsers have', () => {
  let models: RemoteModels;
  let onPage: SpeechModel;
  let inWorker: SpeechModel;
  beforeAll(async () => {
    const worker = new Worker(new URL('../workers/asr.worker.ts', import.meta.url), { type: 'module' });
    models = connectWorker(worker);
    [onPage, inWorker] = await Promise.all([loadModel(digits), models.loadModel(digits)]);
  });
  afterAll(async () => {
    await onPage.dispose();
    await models.dispose();
  });

  it.each([
    ['on the page', () => onPage],
    ['in a worker', () => inWorker],
  ])('is transcribed %s', async (_, model) => {
    for (const [form, input] of Object.entries(await inputs())) {
      const { text } = await model().transcribe(input as Blob);
      expect([form, text]).toEqual([form, DIGITS_TEXT]);
    }
  });
});

it('loads a model from the address of a folder, from then on out of the cache', async () => {
  await caches.delete('asr-models');
  const folder = new URL('./', digits.urls['model.onnx']);
  const files = new Set<string>();
  // The list that a folder on a server needs, which the one of the tests has not.
  const listed: typeof fetch = (input, init) =>
    new Request(input).url.endsWith('/export.json')
      ? Promise.resolve(Response.json({ files: Object.keys(digits.urls) }))
      : fetch(input, init);
  for (const expected of [['model.onnx'], []]) {
    files.clear();
    await using model = await loadModel(folder, {
      download: { fetch: listed },
      onProgress: (progress) => {
        if (progress.type === 'download') files.add(progress.file);
      },
    });
    expect([...files]).toEqual(expect.arrayContaining(expected));
    expect((await model.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
  }
  expect([...files]).toEqual([]);
});
