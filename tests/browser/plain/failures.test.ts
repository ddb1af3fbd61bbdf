import type { PackagedModel } from '@org/asr-core';
import { createTensor } from '@org/asr-core';
import { onnxGraph } from '@org/asr-testkit/graphs';
import { createWebBackend, loadModel } from '@org/asr-web';
import { connectWorker } from '@org/asr-web/worker';
import { expect, it } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';

/** The small model with a graph that isn't one, or isn't there. */
function broken(graph: URL): PackagedModel {
  return { name: 'broken', urls: { ...digits.urls, 'model.onnx': graph } };
}

const text = digits.urls['tokens.txt']!;
const missing = new URL('/no/such/model.onnx', globalThis.location.href);

it('fails for its own caller only: sessions that load, run or wait meanwhile and later are unharmed', async () => {
  await using backend = await createWebBackend();
  await using before = await loadModel(digits, { backend });
  const graph = await backend.createSession(onnxGraph('concat-cache'));
  const aborted = new AbortController();
  aborted.abort(new Error('changed my mind'));
  const step = createTensor('float32', Float32Array.of(1, 2), [1, 1, 2]);
  const misfit = createTensor('float32', Float32Array.of(1, 2, 3), [1, 1, 3]);
  const failing = [
    loadModel(broken(text), { backend }),
    loadModel(broken(missing), { backend }),
    loadModel(digits, { backend, signal: aborted.signal }),
    // Fails inside of ONNX Runtime: the shapes can't be joined.
    graph.run({ past: misfit, step }),
    before.transcribe(Uint8Array.of(1, 2, 3)),
  ];
  const meanwhile = [before.transcribe(DIGITS_CLIP), graph.run({ past: step, step }, ['total'])] as const;
  const results = await Promise.allSettled(failing);
  expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  expect((await meanwhile[0]).text).toBe(DIGITS_TEXT);
  expect((await meanwhile[1])['total']!.data).toEqual(Float32Array.of(2, 4));

  await using after = await loadModel(digits, { backend });
  for (const model of [before, after]) expect((await model.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
});

it('fails in a worker for its own caller only', async () => {
  const worker = new Worker(new URL('../workers/asr.worker.ts', import.meta.url), { type: 'module' });
  await using asr = connectWorker(worker);
  await expect(asr.loadModel(broken(text))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  await expect(asr.loadModel(broken(missing))).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:DOWNLOAD_FAILED|MODEL_NOT_FOUND|MODEL_INVALID)$/),
  });
  const model = await asr.loadModel(digits);
  await expect(model.transcribe(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
  expect((await model.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
});
