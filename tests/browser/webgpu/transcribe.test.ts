import type { PackagedModel } from '@org/asr-core';
import { loadModel } from '@org/asr-web/webgpu';
import { expect, it } from 'vitest';

const fixture = (name: string): URL => new URL(`../../fixtures/digits-nemo-ctc/${name}`, import.meta.url);
const digits: PackagedModel = {
  name: 'digits',
  urls: Object.fromEntries(['model.onnx', 'tokens.txt', 'config.json'].map((name) => [name, fixture(name)])),
};

// A small model: on machines without a GPU, a CPU computes the shaders, and Whisper would take minutes.
it('transcribes as the reference does', async () => {
  await using model = await loadModel(digits, { provider: 'webgpu' });
  expect(model.info).toMatchObject({ provider: 'webgpu', fallbacks: [] });
  // As NeMo itself reads it (golden.json).
  expect((await model.transcribe(fixture('clip5_theo.wav'))).text).toBe('seven eight six six three one four');
});
