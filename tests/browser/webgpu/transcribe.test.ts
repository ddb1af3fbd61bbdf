import { loadModel } from '@org/asr-web/webgpu';
import { expect, it } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';

it('transcribes as the reference does', async () => {
  await using model = await loadModel(digits, { provider: 'webgpu' });
  expect(model.info).toMatchObject({ provider: 'webgpu', fallbacks: [] });
  expect((await model.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
});
