import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { loadModel } from '@org/asr-web';
import { expect, it } from 'vitest';

const jfk = new URL('../../fixtures/audio/jfk.wav', import.meta.url);

/** What the reference implementation gives for this recording and model (fp32). */
const SEGMENTS = [
  'And so my fellow Americans ask not what your country can do for you',
  'ask what you can do for your country',
];

it('transcribes with the packaged model', async () => {
  // Other tests may have left it in the site's cache, from where nothing is fetched.
  await caches.delete('asr-models');
  const files = new Set<string>();
  await using model = await loadModel(whisperTinyEn, {
    onProgress: (progress) => {
      if (progress.type === 'download') files.add(progress.file);
    },
  });
  expect(model.info).toMatchObject({
    family: 'whisper',
    backend: expect.stringMatching(/^onnxruntime-web \d/),
    provider: 'wasm',
    fallbacks: [],
  });
  expect([...files]).toEqual(expect.arrayContaining(['encoder.onnx', 'decoder.onnx', 'tokenizer.json']));
  const transcript = await model.transcribe(jfk);
  expect(transcript.text.trim()).toBe(SEGMENTS.join(' '));
  expect(transcript.segments.map(({ text }) => text.trim())).toEqual(SEGMENTS);
  expect(transcript.duration).toBe(11);
  expect(transcript.segments.at(-1)?.end).toBeGreaterThan(10);
});
