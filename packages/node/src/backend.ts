import { checkSessionOptions, OpenSessions, OrtSession } from '@org/asr-core';
import type {
  ExecutionProvider,
  InferenceBackend,
  InferenceSession,
  ModelFile,
  OrtBinding,
  SessionOptions,
} from '@org/asr-core';
import { createBinding } from './ort/binding.js';
import { headOf, prepareModel } from './ort/model-source.js';
import type { ModelSourceForOrt } from './ort/model-source.js';
import { chooseProvider } from './ort/providers.js';
import { loadRuntime, runtimeName } from './ort/runtime.js';
import type { OrtInferenceSession, OrtModule, OrtSessionOptions, OrtTensorValue } from './ort/runtime.js';
import { invalidModelError, sessionFailed } from './ort/session-error.js';

/** A backend on onnxruntime-node. */
export interface NodeBackend extends InferenceBackend {
  /** Output tensors handed out and not disposed yet; grows without end where a caller forgets to dispose. */
  readonly liveTensors: number;
}

/**
 * Makes a backend that runs onnxruntime-node on the calling thread. ONNX Runtime's `run` blocks that thread
 * for as long as it computes; {@link createWorkerBackend} keeps it free.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE` when onnxruntime-node can't be loaded on this machine.
 * @example
 * ```ts
 * await using backend = await createNodeBackend();
 * await using session = await backend.createSession(file, { provider: ['cuda', 'cpu'] });
 * ```
 */
export async function createNodeBackend(): Promise<NodeBackend> {
  return new OrtBackend(await loadRuntime());
}

class OrtBackend implements NodeBackend {
  readonly name: string;
  readonly #ort: OrtModule;
  readonly #binding: OrtBinding<OrtTensorValue>;
  readonly #sessions: OpenSessions<OrtSession<OrtTensorValue>>;

  constructor(ort: OrtModule) {
    this.#ort = ort;
    this.name = runtimeName(ort);
    this.#binding = createBinding(ort);
    this.#sessions = new OpenSessions(this.name);
  }

  get liveTensors(): number {
    return this.#binding.liveTensors;
  }

  async createSession(model: ModelFile, options: SessionOptions = {}): Promise<InferenceSession> {
    checkSessionOptions(options);
    return this.#sessions.add(options.signal, (onDisposed) => this.#open(model, options, onDisposed));
  }

  dispose(): Promise<void> {
    return this.#sessions.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #open(
    model: ModelFile,
    options: SessionOptions,
    onDisposed: (session: OrtSession<OrtTensorValue>) => void,
  ): Promise<OrtSession<OrtTensorValue>> {
    const settings = runtimeOptions(options);
    const source = await prepareModel(model, options.externalData ?? [], options.signal);
    options.signal?.throwIfAborted();
    const { value, provider, fallbacks } = await chooseProvider(this.#ort, options.provider, (candidate) =>
      createNative(this.#ort, model.name, source, candidate, settings),
    );
    const parts = { model: model.name, provider, fallbacks, binding: this.#binding, onDisposed };
    // Outputs lie in this process's memory and are fed back without a copy, those for a device, too.
    return OrtSession.open(value, parts, options.deviceOutputs);
  }
}

async function createNative(
  ort: OrtModule,
  name: string,
  source: ModelSourceForOrt,
  provider: ExecutionProvider,
  settings: OrtSessionOptions,
): Promise<OrtInferenceSession> {
  const options = { ...settings, executionProviders: [provider], externalData: [...source.externalData] };
  try {
    // Two overloads: a path and bytes.
    return typeof source.graph === 'string'
      ? await ort.InferenceSession.create(source.graph, options)
      : await ort.InferenceSession.create(source.graph, options);
  } catch (cause) {
    const invalid = invalidModelError(name, cause, await headOf(source.graph));
    if (invalid) throw invalid;
    throw provider === 'cpu' ? sessionFailed(name, cause) : cause;
  }
}

function runtimeOptions({ threads = 0, graphOptimization = 'all' }: SessionOptions): OrtSessionOptions {
  return {
    intraOpNumThreads: threads,
    graphOptimizationLevel: graphOptimization,
    // Errors arrive as exceptions; what the runtime writes to stderr besides is for authors of graphs.
    logSeverityLevel: 4,
  };
}
