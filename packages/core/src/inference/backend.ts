import type { ModelFile } from '../hub/model-files.js';
import type { Tensor, TensorType } from './tensor.js';

/** Names of ONNX Runtime execution providers; a platform supports some of them. */
export type ExecutionProvider =
  'cpu' | 'cuda' | 'tensorrt' | 'dml' | 'coreml' | 'qnn' | 'webgpu' | 'webnn' | 'xnnpack' | 'wasm';

/** How far the runtime may rewrite a graph when it loads it. */
export type GraphOptimization = 'disabled' | 'basic' | 'extended' | 'all';

/** How a backend builds a session. Every field has a default of the platform. */
export interface SessionOptions {
  /**
   * Where the graph runs. One name is strict: `createSession` rejects with `BACKEND_UNAVAILABLE` if it
   * can't be used. A list is an order of preference: the first that works is taken, and
   * `session.fallbacks` says why the ones before it were not.
   */
  readonly provider?: ExecutionProvider | readonly ExecutionProvider[];
  /** Threads inside one operator; 0 or absent: the runtime chooses. */
  readonly threads?: number;
  /** Graph rewriting at load time. Default `all`. */
  readonly graphOptimization?: GraphOptimization;
  /** Files that hold the graph's weights outside of it (`model.onnx_data`), found beside it. */
  readonly externalData?: readonly ModelFile[];
  /**
   * Outputs that the caller will feed back into a session rather than read, such as KV caches. The backend
   * may leave them on its device; `read()` still fetches them.
   */
  readonly deviceOutputs?: readonly string[];
  /** Aborts the loading. */
  readonly signal?: AbortSignal;
}

/** Why a preferred provider was passed over. */
export interface ProviderFallback {
  /** What was passed over. */
  readonly provider: ExecutionProvider;
  /** Why, in the runtime's words where there are any. */
  readonly reason: string;
}

/** Name, element type and shape of a graph's input or output. */
export interface TensorInfo {
  /** Name in the graph. */
  readonly name: string;
  /** Absent when the runtime doesn't tell. */
  readonly type: TensorType | undefined;
  /** Fixed sizes as numbers, symbolic ones by name. Absent when the runtime doesn't tell. */
  readonly dims: readonly (number | string)[] | undefined;
}

/** A graph ready to run. Calls to `run` may overlap; a backend queues them where its runtime must. */
export interface InferenceSession extends AsyncDisposable {
  /** What `run` must be fed. */
  readonly inputs: readonly TensorInfo[];
  /** What `run` can give. */
  readonly outputs: readonly TensorInfo[];
  /** The execution provider in use. */
  readonly provider: ExecutionProvider;
  /** Preferred providers that could not be used; empty when the first choice runs. */
  readonly fallbacks: readonly ProviderFallback[];
  /**
   * Runs the graph.
   *
   * @param feeds One tensor per required input. They stay the caller's and may be reused at once when the call returns.
   * @param fetches Outputs wanted; all when absent.
   * @returns The outputs by name, owned by the caller, who disposes them.
   * @throws AsrError `BACKEND_FAILED` when names, types or shapes don't fit or the runtime fails; `DISPOSED`.
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  /** Waits for running calls and frees the session. Idempotent. */
  dispose(): Promise<void>;
}

/** How many threads a backend computes with, and why that many. */
export interface ThreadChoice {
  /** Threads of the backend's one pool. */
  readonly threads: number;
  /** One sentence, for a user who wonders about speed. */
  readonly reason: string;
}

/** A runtime for ONNX graphs. */
export interface InferenceBackend extends AsyncDisposable {
  /** The runtime's name and, where known, version: `onnxruntime-node 1.30.0`. */
  readonly name: string;
  /** Absent where threads are chosen for each session, or nothing was loaded yet. */
  readonly threads?: ThreadChoice | undefined;
  /**
   * Loads a graph.
   *
   * @throws AsrError `MODEL_INVALID` for a file that isn't a loadable ONNX graph, `BACKEND_UNAVAILABLE` when no
   * provider of `options.provider` can be used, `BACKEND_FAILED` otherwise.
   */
  createSession(model: ModelFile, options?: SessionOptions): Promise<InferenceSession>;
  /** Frees the backend and its sessions. Idempotent. */
  dispose(): Promise<void>;
}
