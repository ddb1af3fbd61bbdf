import type { ExecutionProvider, InferenceBackend, ThreadChoice } from '@org/asr-core';
import { OrtBackend } from './ort/ort-backend.js';
import { loadRuntime } from './ort/runtime.js';
import type { WasmPaths, WebRuntime } from './ort/runtime.js';
import { WasmProvider } from './ort/wasm-provider.js';

/** Options of {@link createWebBackend}. They hold for the page: ONNX Runtime's wasm is loaded once. */
export interface WebBackendOptions {
  /**
   * Where ONNX Runtime's `.wasm` and `.mjs` lie. Default: beside onnxruntime-web's own module, which is where
   * bundlers put them. Nothing is ever taken from a CDN by itself.
   */
  readonly wasmPaths?: WasmPaths;
  /**
   * Threads of the wasm. Default: half of the logical cores, at most 4, on a cross-origin isolated page; 1 elsewhere.
   * More than 1 on a page that isn't isolated is an error.
   */
  readonly threads?: number;
}

/** A backend on onnxruntime-web's wasm build. */
export interface WebBackend extends InferenceBackend {
  /** Threads in use, and why that many. */
  readonly threads: ThreadChoice;
  /** Output tensors handed out and not disposed yet; grows without end where a caller forgets to dispose. */
  readonly liveTensors: number;
}

/**
 * Makes a backend that runs onnxruntime-web's wasm build on the calling thread; put it into a Web Worker to keep a
 * page responsive. All runs of a page go through one queue; a failed one leaves the others unharmed.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE` when onnxruntime-web can't be loaded, `OPTION_UNSUPPORTED` for threads that
 *   the page can't have or options that contradict an earlier backend's.
 * @example
 * ```ts
 * await using backend = await createWebBackend({ wasmPaths: '/onnxruntime/' });
 * await using session = await backend.createSession(file, { provider: 'wasm' });
 * ```
 */
export async function createWebBackend(options: WebBackendOptions = {}): Promise<WebBackend> {
  return new WasmBackend(await loadRuntime(options));
}

class WasmBackend extends OrtBackend implements WebBackend {
  readonly threads: ThreadChoice;

  constructor(runtime: WebRuntime) {
    const wasm = new WasmProvider(() => Promise.resolve(runtime), 'createWebBackend');
    super(runtime.name, new Map([['wasm', wasm]]));
    this.threads = runtime.threads;
  }

  protected override reasonAgainst(provider: ExecutionProvider): string {
    switch (provider) {
      case 'cpu':
        return "in the browser the CPU is reached through 'wasm'";
      case 'webgpu':
        return "this backend has 'wasm' only; '@org/asr-web/webgpu' has WebGPU";
      default:
        return "browsers have no such provider; there is 'wasm'";
    }
  }
}
