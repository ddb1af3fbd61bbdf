import type { ExecutionProvider, InferenceBackend, ThreadChoice } from '@org/asr-core';
import { OrtBackend } from '../ort/ort-backend.js';
import { loadRuntime } from '../ort/runtime.js';
import type { RuntimeBuild } from '../ort/runtime.js';
import { WasmProvider } from '../ort/wasm-provider.js';
import { WebGpuProvider } from './webgpu-provider.js';

/** Options of {@link createWebGpuBackend}. They hold for the page. */
export interface WebGpuBackendOptions {
  /**
   * Folder (ending in `/`) that holds the `.wasm` and `.mjs` files of both of ONNX Runtime's builds,
   * `ort-wasm-simd-threaded.asyncify.*` for WebGPU and `ort-wasm-simd-threaded.*` for the fallback. Default: beside
   * onnxruntime-web's own modules, which is where bundlers put them.
   */
  readonly wasmPaths?: string | URL;
  /** Threads of the wasm that runs what the GPU doesn't; as for `createWebBackend`. */
  readonly threads?: number;
}

/** A backend on WebGPU, with wasm behind it. */
export interface WebGpuBackend extends InferenceBackend {
  /** Output tensors handed out and not disposed yet; grows without end where a caller forgets to dispose. */
  readonly liveTensors: number;
}

/**
 * Makes a backend that runs onnxruntime-web's WebGPU build. Outputs named in `deviceOutputs` stay in GPU memory.
 *
 * Where `provider` is not given, `webgpu` is preferred and `wasm` takes its place if there is no adapter, no device, or the
 * graph can't be loaded; `session.fallbacks` has the reason. The runtimes are fetched when the first session needs them.
 *
 * When the GPU is lost, runs reject with `BACKEND_FAILED`; sessions that are made after that use a new device, or wasm.
 *
 * @throws From `createSession`: as `createWebBackend`'s.
 * @example
 * ```ts
 * await using backend = await createWebGpuBackend();
 * const model = await loadModel(whisperTinyEn, { backend });
 * console.log(model.info.provider, model.info.fallbacks);
 * ```
 */
export async function createWebGpuBackend(options: WebGpuBackendOptions = {}): Promise<WebGpuBackend> {
  return new GpuBackend(options);
}

const WEBGPU_BUILD: RuntimeBuild = { name: 'webgpu', import: () => import('onnxruntime-web/webgpu') };

class GpuBackend extends OrtBackend implements WebGpuBackend {
  readonly #wasm: WasmProvider;

  constructor(options: WebGpuBackendOptions) {
    const wasm = new WasmProvider(() => loadRuntime(options), 'createWebGpuBackend');
    super(
      'onnxruntime-web',
      new Map<ExecutionProvider, WebGpuProvider | WasmProvider>([
        ['webgpu', new WebGpuProvider(() => loadRuntime(options, WEBGPU_BUILD))],
        ['wasm', wasm],
      ]),
    );
    this.#wasm = wasm;
  }

  /** Of wasm, once it has taken the GPU's place. */
  get threads(): ThreadChoice | undefined {
    return this.#wasm.threads;
  }

  protected override reasonAgainst(provider: ExecutionProvider): string {
    return provider === 'cpu'
      ? "in the browser the CPU is reached through 'wasm'"
      : "this backend has 'webgpu' and 'wasm'";
  }
}
