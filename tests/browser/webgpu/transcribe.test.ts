import { loadModel } from '@org/asr-web/webgpu';
import { connectWorker } from '@org/asr-web/worker';
import { expect, it } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';

it('transcribes as the reference does', async () => {
  await using model = await loadModel(digits, { provider: 'webgpu' });
  expect(model.info).toMatchObject({ provider: 'webgpu', fallbacks: [] });
  expect((await model.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
});

it('transcribes in a worker', async () => {
  const worker = new Worker(new URL('../workers/gpu.worker.ts', import.meta.url), { type: 'module' });
  await using asr = connectWorker(worker);
  const model = await asr.loadModel(digits);
  expect(model.info).toMatchObject({ provider: 'webgpu', fallbacks: [] });
  expect((await model.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
});
