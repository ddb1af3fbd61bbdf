import { createWebBackend, loadModel } from '@org/asr-web';
import { expect, it } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';

// ONNX Runtime is loaded once per page, so this needs a file of its own, which has a page of its own.
it("takes ONNX Runtime's files from where the app says", async () => {
  // Not beside this module by `import.meta.url`, which Vite would rewrite.
  const folder = new URL('/packages/web/node_modules/onnxruntime-web/dist/', globalThis.location.href);
  const seen: string[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    seen.push(input instanceof Request ? input.url : String(input));
    return fetch(input, init);
  };
  await using backend = await createWebBackend({ wasmPaths: folder.pathname });
  await using model = await loadModel(digits, { backend });
  expect((await model.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
  expect(seen.filter((url) => url.endsWith('.wasm'))).toEqual([
    new URL('ort-wasm-simd-threaded.wasm', folder).href,
  ]);
});
