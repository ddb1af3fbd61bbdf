import { allFamilies, AsrError, serveModels } from '@org/asr-core';
import type { Platform } from '@org/asr-core';
import { createWebPlatform } from '../platform.js';
import { portEndpoint } from './port-endpoint.js';
import type { MessageChannelEnd } from './port-endpoint.js';
import { giveSignOfLife } from './sign-of-life.js';

/**
 * Loads and runs models in this Web Worker for a page that calls `connectWorker`. Call it at the top of the worker's
 * module, before anything is awaited: messages are waiting.
 *
 * @param platform Where models run. Default: onnxruntime-web's wasm; `createWebPlatform({ wasmPaths, threads })` sets it up.
 * @throws AsrError `BACKEND_UNAVAILABLE` outside of a dedicated worker.
 * @example
 * ```ts
 * // asr.worker.ts, the whole of it
 * import { serve } from '@org/asr-web/worker';
 * serve();
 * ```
 */
export function serve(platform: Platform = createWebPlatform()): void {
  if (!('DedicatedWorkerGlobalScope' in globalThis)) {
    throw new AsrError(
      'BACKEND_UNAVAILABLE',
      "serve() belongs in the module of a dedicated Web Worker; on the page, pass `new Worker(new URL('./asr.worker.ts', " +
        "import.meta.url), { type: 'module' })` to connectWorker()",
    );
  }
  const page = globalThis as unknown as MessageChannelEnd;
  serveModels(portEndpoint(page), platform, allFamilies);
  giveSignOfLife(page);
}
