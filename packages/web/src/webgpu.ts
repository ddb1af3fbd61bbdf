import { allFamilies, createLoadModel } from '@org/asr-core';
import type { LoadModel, Platform } from '@org/asr-core';
import { createWebPlatform } from './platform.js';
import { createWebGpuBackend } from './webgpu/webgpu-backend.js';
import type { WebGpuBackendOptions } from './webgpu/webgpu-backend.js';

export { createWebGpuBackend } from './webgpu/webgpu-backend.js';
export type { WebGpuBackend, WebGpuBackendOptions } from './webgpu/webgpu-backend.js';

/**
 * `createWebPlatform` with WebGPU preferred to wasm, for `createLoadModel` and for `serve` in a worker.
 *
 * @param options Of the backends it makes.
 */
export function createWebGpuPlatform(options: WebGpuBackendOptions = {}): Platform {
  const web = createWebPlatform();
  return {
    ...web,
    createBackend: async (request) => {
      // The web platform's rule: it refuses what it can't honour before anything is loaded.
      if (request.offThread) return web.createBackend(request);
      return createWebGpuBackend(options);
    },
  };
}

/**
 * `loadModel` of `@org/asr-web` with WebGPU preferred to wasm; `model.info.provider` and `info.fallbacks` say what runs and
 * why. `provider: 'webgpu'` insists on the GPU.
 *
 * @throws As `loadModel`; AsrError `BACKEND_UNAVAILABLE` when a provider that was insisted on can't be used.
 * @example
 * ```ts
 * import { loadModel } from '@org/asr-web/webgpu';
 * await using model = await loadModel('onnx-community/whisper-base', { quantization: 'fp16' });
 * ```
 */
export const loadModel: LoadModel = /* @__PURE__ */ createLoadModel(
  /* @__PURE__ */ createWebGpuPlatform(),
  allFamilies,
);
