import type { ModelFile, OrtBinding, SessionOptions, ThreadChoice } from '@org/asr-core';
import { createBinding } from './binding.js';
import { createSession } from './create-session.js';
import type { GraphBytes } from './create-session.js';
import { sessionError } from './model-error.js';
import { checkThreads } from './ort-backend.js';
import type { OpenedGraph, WebProvider } from './ort-backend.js';
import type { OrtTensorValue, WebRuntime } from './runtime.js';

/** `wasm`: the CPU, with ONNX Runtime's plain build. */
export class WasmProvider implements WebProvider {
  readonly #load: () => Promise<WebRuntime>;
  readonly #maker: string;
  #binding: OrtBinding<OrtTensorValue> | undefined;
  /** Undefined until a graph was opened. */
  threads: ThreadChoice | undefined;

  /**
   * @param load Gives the runtime, loading it where that is still to be done.
   * @param maker Name of the function that takes the threads, for messages.
   */
  constructor(load: () => Promise<WebRuntime>, maker: string) {
    this.#load = load;
    this.#maker = maker;
  }

  get liveTensors(): number {
    return this.#binding?.liveTensors ?? 0;
  }

  async open(model: ModelFile, bytes: GraphBytes, options: SessionOptions): Promise<OpenedGraph> {
    const runtime = await this.#load();
    this.threads = runtime.threads;
    checkThreads(options.threads, runtime.threads, this.#maker);
    this.#binding ??= createBinding(runtime);
    try {
      const session = await createSession(runtime, bytes, options, { executionProviders: ['wasm'] });
      return { session, binding: this.#binding };
    } catch (cause) {
      throw sessionError(model.name, cause, bytes.graph);
    }
  }
}
