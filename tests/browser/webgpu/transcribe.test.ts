import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { readWav } from '@org/asr-core';
import { loadModel } from '@org/asr-web/webgpu';
import { expect, it } from 'vitest';

const jfk = new URL('../../fixtures/audio/jfk.wav', import.meta.url);

it('transcribes on a GPU', async () => {
  await using model = await loadModel(whisperTinyEn, { provider: 'webgpu' });
  expect(model.info).toMatchObject({ provider: 'webgpu', fallbacks: [] });
  const { text } = await model.transcribe(readWav(new Uint8Array(await (await fetch(jfk)).arrayBuffer())));
  expect(text.trim()).toBe(
    'And so my fellow Americans ask not what your country can do for you ask what you can do for your country',
  );
});
