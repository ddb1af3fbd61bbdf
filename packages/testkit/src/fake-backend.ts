import {
  AsrError,
  checkFeeds,
  checkOutputNames,
  checkSessionOptions,
  copyElements,
  elementCount,
} from '@org/asr-core';
import type {
  ExecutionProvider,
  InferenceBackend,
  InferenceSession,
  ModelFile,
  ProviderFallback,
  SessionOptions,
  Tensor,
  TensorData,
  TensorDataMap,
  TensorInfo,
  TensorType,
} from '@org/asr-core';
import { memoryFile } from './graphs.js';

/** One output of a fake graph. */
export interface FakeOutput {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** A JavaScript function in place of a graph. */
export interface FakeGraph {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Names of files that must be given as external data. */
  readonly externalData?: readonly string[];
  /** Must not keep or change `feeds`. May throw, to fail the run, or take its time. */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    external: Readonly<Record<string, Uint8Array>>,
  ): Record<string, FakeOutput> | Promise<Record<string, FakeOutput>>;
}

export interface FakeBackendOptions {
  /** Providers that "work"; default only `cpu`. */
  readonly providers?: readonly ExecutionProvider[];
}

const MAGIC = 'asr-fake-graph:';

/** A model file that {@link FakeBackend} loads as `graphs[graph]`. */
export function fakeGraphFile(graph: string, name = `${graph}.onnx`): ModelFile {
  return memoryFile(name, new TextEncoder().encode(`${MAGIC}${graph};`));
}

/**
 * A backend without a runtime, for tests of what stands above one. It keeps the whole contract: tensors are owned
 * and counted, `deviceOutputs` can't be read except by `read()`, runs are asynchronous, errors have their codes.
 */
export class FakeBackend implements InferenceBackend {
  readonly name = 'fake';
  /** Output tensors not disposed yet. */
  liveTensors = 0;
  /** Sessions not disposed yet. */
  liveSessions = 0;
  /** Runs started so far, by model file name. */
  readonly runs: Record<string, number> = {};
  readonly #graphs: Readonly<Record<string, FakeGraph>>;
  readonly #providers: readonly ExecutionProvider[];
  readonly #sessions = new Set<FakeSession>();
  #disposal: Promise<void> | undefined;

  constructor(graphs: Readonly<Record<string, FakeGraph>>, options: FakeBackendOptions = {}) {
    this.#graphs = graphs;
    this.#providers = options.providers ?? ['cpu'];
  }

  async createSession(model: ModelFile, options: SessionOptions = {}): Promise<InferenceSession> {
    if (this.#disposal) throw disposed('backend');
    checkSessionOptions(options);
    options.signal?.throwIfAborted();
    const graph = await this.#load(model, options.signal);
    const external: Record<string, Uint8Array> = {};
    for (const file of options.externalData ?? []) external[file.name] = await file.bytes(options.signal);
    options.signal?.throwIfAborted();
    for (const name of graph.externalData ?? []) {
      if (!external[name])
        throw new AsrError('MODEL_INVALID', `${model.name}: external data ${name} is missing`);
    }
    const { provider, fallbacks } = this.#choose(options.provider);
    checkOutputNames(model.name, 'deviceOutputs', graph.outputs, options.deviceOutputs);
    if (this.#disposal) throw disposed('backend');
    const session = new FakeSession(
      this,
      graph,
      model.name,
      provider,
      fallbacks,
      external,
      options.deviceOutputs,
    );
    this.#sessions.add(session);
    this.liveSessions += 1;
    return session;
  }

  /** Called by a session once, when it is gone. */
  forget(session: FakeSession): void {
    if (this.#sessions.delete(session)) this.liveSessions -= 1;
  }

  dispose(): Promise<void> {
    this.#disposal ??= Promise.all([...this.#sessions].map((session) => session.dispose())).then(() => {});
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #load(model: ModelFile, signal: AbortSignal | undefined): Promise<FakeGraph> {
    const text = new TextDecoder().decode(await model.bytes(signal));
    const graph =
      text.startsWith(MAGIC) && text.endsWith(';') ? this.#graphs[text.slice(MAGIC.length, -1)] : undefined;
    if (!graph) throw new AsrError('MODEL_INVALID', `${model.name} is no graph of this fake backend`);
    return graph;
  }

  #choose(wanted: SessionOptions['provider']): {
    readonly provider: ExecutionProvider;
    readonly fallbacks: readonly ProviderFallback[];
  } {
    const order = typeof wanted === 'string' ? [wanted] : (wanted ?? ['cpu']);
    const fallbacks: ProviderFallback[] = [];
    for (const provider of order) {
      if (this.#providers.includes(provider)) return { provider, fallbacks };
      fallbacks.push({ provider, reason: `the fake backend has only ${this.#providers.join(', ')}` });
    }
    throw new AsrError('BACKEND_UNAVAILABLE', `no provider of ${order.join(', ')} is there`);
  }
}

class FakeSession implements InferenceSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly #running = new Set<Promise<unknown>>();
  #disposal: Promise<void> | undefined;

  constructor(
    private readonly backend: FakeBackend,
    private readonly graph: FakeGraph,
    private readonly model: string,
    readonly provider: ExecutionProvider,
    readonly fallbacks: readonly ProviderFallback[],
    private readonly external: Readonly<Record<string, Uint8Array>>,
    private readonly deviceOutputs: readonly string[] = [],
  ) {
    this.inputs = graph.inputs;
    this.outputs = graph.outputs;
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    if (this.#disposal) throw disposed(`session of ${this.model}`);
    checkFeeds(this.model, this.inputs, feeds);
    checkOutputNames(this.model, 'fetches', this.outputs, fetches);
    this.backend.runs[this.model] = (this.backend.runs[this.model] ?? 0) + 1;
    const snapshot = Object.fromEntries(
      Object.entries(feeds).map(([name, tensor]) => [name, FakeTensor.snapshot(tensor)]),
    );
    const run = this.#execute(snapshot, fetches ?? this.outputs.map((output) => output.name));
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  dispose(): Promise<void> {
    this.#disposal ??= Promise.allSettled(this.#running).then(() => this.backend.forget(this));
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #execute(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const outputs: [string, Tensor][] = [];
    try {
      await Promise.resolve();
      const results = await this.graph.run(feeds, this.external);
      for (const name of fetches) {
        const output = results[name];
        if (!output) throw new Error(`the fake graph gave no "${name}"`);
        outputs.push([name, new FakeTensor(this.backend, output, this.deviceOutputs.includes(name))]);
      }
    } catch (cause) {
      for (const [, tensor] of outputs) tensor.dispose();
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new AsrError('BACKEND_FAILED', `${this.model}: the run failed: ${message}`, { cause });
    }
    return Object.fromEntries(outputs);
  }
}

class FakeTensor<T extends TensorType = TensorType> implements Tensor<T> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly location: 'cpu' | 'device';
  readonly #backend: FakeBackend;
  #data: TensorData | undefined;

  constructor(backend: FakeBackend, output: FakeOutput, onDevice: boolean) {
    if (output.data.length !== elementCount(output.dims)) {
      throw new RangeError(`fake output [${output.dims.join(', ')}] has ${output.data.length} elements`);
    }
    this.type = output.type as T;
    this.dims = output.dims;
    this.location = onDevice ? 'device' : 'cpu';
    this.#backend = backend;
    // A copy: graphs may return their feeds, but no two tensors share memory.
    this.#data = copyElements(output.data);
    backend.liveTensors += 1;
  }

  /** Elements that stay as they are when the caller changes or disposes `tensor`. */
  static snapshot(tensor: Tensor): Tensor {
    const { type, dims } = tensor;
    const data = copyElements(#data in tensor ? tensor.#open() : tensor.data);
    return { type, dims, location: 'cpu', data, read: () => Promise.resolve(data), dispose: () => {} };
  }

  get data(): TensorDataMap[T] {
    const data = this.#open();
    if (this.location === 'device') {
      throw new AsrError('BACKEND_FAILED', `this ${this.type} tensor is on the device; use read()`);
    }
    return data;
  }

  async read(): Promise<TensorDataMap[T]> {
    return this.#open();
  }

  dispose(): void {
    if (this.#data === undefined) return;
    this.#data = undefined;
    this.#backend.liveTensors -= 1;
  }

  free(): void {
    // Whoever still looks at the elements finds none.
    if (this.#data !== undefined) structuredClone(null, { transfer: [this.#data.buffer as ArrayBuffer] });
    this.dispose();
  }

  #open(): TensorDataMap[T] {
    if (this.#data === undefined) throw disposed(`${this.type} tensor`);
    return this.#data as TensorDataMap[T];
  }
}

function disposed(what: string): AsrError {
  return new AsrError('DISPOSED', `this ${what} was disposed`);
}
