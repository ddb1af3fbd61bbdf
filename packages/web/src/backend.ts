import { AsrError, checkOutputNames, checkSessionOptions } from '@org/asr-core';
import type { InferenceBackend, InferenceSession, ModelFile, SessionOptions } from '@org/asr-core';
import { sessionError } from './ort/model-error.js';
import { chooseProvider } from './ort/providers.js';
import { loadRuntime } from './ort/runtime.js';
import type { OrtInferenceSession, WasmPaths, WasmRuntime } from './ort/runtime.js';
import { OrtSession } from './ort/session.js';
import { TensorLedger } from './ort/tensor.js';
import type { ThreadChoice } from './ort/threads.js';

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
  return new OrtBackend(await loadRuntime(options));
}

class OrtBackend implements WebBackend {
  readonly name: string;
  readonly threads: ThreadChoice;
  readonly #runtime: WasmRuntime;
  readonly #ledger = new TensorLedger();
  readonly #sessions = new Set<OrtSession>();
  readonly #opening = new Set<Promise<unknown>>();
  #disposal: Promise<void> | undefined;

  constructor(runtime: WasmRuntime) {
    this.#runtime = runtime;
    this.name = runtime.name;
    this.threads = runtime.threads;
  }

  get liveTensors(): number {
    return this.#ledger.live;
  }

  async createSession(model: ModelFile, options: SessionOptions = {}): Promise<InferenceSession> {
    this.#assertUsable();
    options.signal?.throwIfAborted();
    const opening = this.#open(model, options);
    this.#opening.add(opening);
    try {
      const session = await opening;
      if (this.#disposal || options.signal?.aborted) await session.dispose();
      options.signal?.throwIfAborted();
      this.#assertUsable();
      return session;
    } finally {
      this.#opening.delete(opening);
    }
  }

  dispose(): Promise<void> {
    this.#disposal ??= (async () => {
      await Promise.allSettled(this.#opening);
      await Promise.all([...this.#sessions].map((session) => session.dispose()));
    })();
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #assertUsable(): void {
    if (this.#disposal) throw new AsrError('DISPOSED', `the ${this.name} backend was disposed`);
  }

  async #open(model: ModelFile, options: SessionOptions): Promise<OrtSession> {
    checkSessionOptions(options);
    const choice = chooseProvider(options.provider);
    this.#checkThreads(options.threads);
    const session = new OrtSession(await this.#create(model, options), {
      model: model.name,
      choice,
      runtime: this.#runtime,
      ledger: this.#ledger,
      onDisposed: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    try {
      // Outputs of the wasm build are in JavaScript's memory in any case.
      checkOutputNames(model.name, 'deviceOutputs', session.outputs, options.deviceOutputs);
    } catch (error) {
      await session.dispose();
      throw error;
    }
    return session;
  }

  async #create(model: ModelFile, options: SessionOptions): Promise<OrtInferenceSession> {
    const { externalData = [], graphOptimization = 'all', signal } = options;
    const bytes = await model.bytes(signal);
    if (bytes.byteLength === 0) {
      throw new AsrError('MODEL_INVALID', `${model.name} is empty (0 bytes); get the file again`);
    }
    const external = await Promise.all(
      externalData.map(async (file) => ({ path: relativeName(model, file), data: await file.bytes(signal) })),
    );
    signal?.throwIfAborted();
    const { ort, queue } = this.#runtime;
    try {
      return await queue.add(() =>
        ort.InferenceSession.create(bytes, {
          executionProviders: ['wasm'],
          graphOptimizationLevel: graphOptimization,
          externalData: external,
          // Errors arrive as exceptions; the runtime's own warnings concern graph authors.
          logSeverityLevel: 3,
        }),
      );
    } catch (cause) {
      throw sessionError(model.name, cause, bytes);
    }
  }

  /** The wasm build has one thread pool, made when it was loaded. */
  #checkThreads(threads: number | undefined): void {
    if (threads === undefined || threads === 0 || threads === this.threads.threads) return;
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `threads: ${threads} can't be set for one session: ONNX Runtime's wasm has one thread pool per page, of ` +
        `${this.threads.threads} here (${this.threads.reason}); set it with createWebBackend({ threads })`,
    );
  }
}

/** Graphs name their external data relative to their own folder. */
function relativeName(model: ModelFile, file: ModelFile): string {
  const folder = model.name.slice(0, model.name.lastIndexOf('/') + 1);
  return file.name.startsWith(folder) ? file.name.slice(folder.length) : file.name;
}
