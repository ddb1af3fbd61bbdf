import { onnxGraph } from '@org/asr-testkit/graphs';
import { createWebBackend } from '@org/asr-web';
import { expect, it } from 'vitest';
import { loadRuntime } from '../../../packages/web/src/ort/runtime.js';

it('gives ONNX Runtime the threads that were asked for', async () => {
  await using backend = await createWebBackend({ threads: 2 });
  expect(backend.threads).toEqual({ threads: 2, reason: 'as asked for' });
  await using session = await backend.createSession(onnxGraph('add'));
  expect(session.provider).toBe('wasm');
  // ONNX Runtime resets this to 1, with a warning, where it finds that it can't have threads.
  const { ort } = await loadRuntime({});
  expect(ort.env.wasm.numThreads).toBe(2);
});

it('says why a session or a second backend of the page cannot have other settings', async () => {
  await using backend = await createWebBackend({ threads: 2 });
  await expect(backend.createSession(onnxGraph('add'), { threads: 1 })).rejects.toMatchObject({
    code: 'OPTION_UNSUPPORTED',
    message: expect.stringContaining('one thread pool per page, of 2'),
  });
  await expect(createWebBackend({ threads: 3 })).rejects.toMatchObject({ code: 'OPTION_UNSUPPORTED' });
  await expect(createWebBackend({ wasmPaths: '/elsewhere/' })).rejects.toMatchObject({
    code: 'OPTION_UNSUPPORTED',
    message: expect.stringContaining('wasmPaths: "/elsewhere/" comes too late'),
  });
});
