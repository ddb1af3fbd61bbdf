import { onnxGraph } from '@org/asr-testkit/graphs';
import { createWebBackend } from '@org/asr-web';
import { expect, it } from 'vitest';

it('refuses threads on a page that is not cross-origin isolated, and says what to send', async () => {
  expect(globalThis.crossOriginIsolated).toBe(false);
  await expect(createWebBackend({ threads: 2 })).rejects.toMatchObject({
    code: 'OPTION_UNSUPPORTED',
    message: expect.stringContaining('Cross-Origin-Embedder-Policy'),
  });
});

it('names a wasm file that cannot be fetched', async () => {
  await using backend = await createWebBackend({ wasmPaths: { wasm: '/missing/ort.wasm' } });
  expect(backend.threads.threads).toBe(1);
  await expect(backend.createSession(onnxGraph('add'))).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('wasmPaths'),
  });
});
