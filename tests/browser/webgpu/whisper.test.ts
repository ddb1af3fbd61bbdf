import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import type { InferenceBackend } from '@org/asr-core';
import { watchRuns } from '@org/asr-testkit/watch-runs';
import { createWebGpuBackend, loadModel } from '@org/asr-web/webgpu';
import { afterEach, expect, it, vi } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';
import { gpu, spyOnDevices } from './spy-on-devices.js';

const jfk = new URL('../../fixtures/audio/jfk.wav', import.meta.url);

/** What the reference implementation gives for this recording and model, and Node as well. */
const TEXT =
  'And so my fellow Americans ask not what your country can do for you ask what you can do for your country';

/** Where the outputs of a graph were, by name. */
type Locations = ReadonlyMap<string, ReadonlySet<string>>;

/** Passes a backend on and notes where the outputs of each graph are. @param onRun told before each run */
function watch(
  inner: InferenceBackend,
  onRun: (file: string) => void = () => {},
): { readonly backend: InferenceBackend; readonly locations: Locations } {
  const locations = new Map<string, Set<string>>();
  const backend = watchRuns(inner, async ({ model: { name: file } }, execute) => {
    onRun(file);
    const outputs = await execute();
    for (const [name, { location }] of Object.entries(outputs)) {
      const seen = locations.get(`${file} ${name}`) ?? new Set();
      locations.set(`${file} ${name}`, seen.add(location));
    }
    return outputs;
  });
  return { backend, locations };
}

afterEach(() => vi.restoreAllMocks());

// One test for both, because a CPU that computes shaders takes 20 s for the encoder alone.
it('transcribes with Whisper as Node does, its caches in the memory of the GPU, and survives the loss of it', async () => {
  const devices = spyOnDevices();
  await using inner = await createWebGpuBackend();
  let atRun = (_: string): void => {};
  const { backend, locations } = watch(inner, (file) => atRun(file));
  await using model = await loadModel(whisperTinyEn, { backend });
  expect(model.info).toMatchObject({ provider: 'webgpu', fallbacks: [] });
  expect((await model.transcribe(jfk)).text.trim()).toBe(TEXT);

  const where = (name: RegExp): unknown[] =>
    [...locations].filter(([key]) => name.test(key)).map(([, seen]) => [...seen].join());
  // Keys and values of four layers, of what was heard and of what was said.
  expect(where(/^encoder\.onnx present\.\d\.encoder\.(?:key|value)$/)).toEqual(Array(8).fill('device'));
  expect(where(/^decoder\.onnx present\.\d\.decoder\.(?:key|value)$/)).toEqual(Array(8).fill('device'));
  // What is searched is read at once.
  expect(where(/ logits$/)).toEqual(['cpu']);
  expect(inner.liveTensors).toBe(0);

  atRun = () => devices[0]!.destroy();
  await expect(model.transcribe(jfk)).rejects.toMatchObject({
    code: 'BACKEND_FAILED',
    message: expect.stringContaining('the GPU device was lost'),
  });
  atRun = () => {};
  // What is loaded after that has a device of its own.
  await using next = await loadModel(digits, { backend });
  expect(next.info).toMatchObject({ provider: 'webgpu', fallbacks: [] });
  expect((await next.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
  expect(devices).toHaveLength(2);
}, 600_000);

it('transcribes with Whisper on wasm where there is no GPU, and says why', async () => {
  vi.spyOn(gpu, 'requestAdapter').mockResolvedValue(null);
  await using model = await loadModel(whisperTinyEn);
  expect(model.info.provider).toBe('wasm');
  expect(model.info.fallbacks).toEqual([
    { provider: 'webgpu', reason: expect.stringContaining('found no adapter') },
  ]);
  expect((await model.transcribe(jfk)).text.trim()).toBe(TEXT);
});
