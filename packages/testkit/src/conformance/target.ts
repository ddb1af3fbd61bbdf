import { createTensor, disposeTensors } from '@org/asr-core';
import type {
  ExecutionProvider,
  InferenceBackend,
  InferenceSession,
  ModelFile,
  SessionOptions,
  Tensor,
  TensorDataMap,
} from '@org/asr-core';
import { externalDataFile, onnxGraph } from '../graphs.js';
import type { TestGraph } from '../graphs.js';

/** A backend to be tested, and what the suite must know about it. */
export interface BackendTarget {
  create(): Promise<InferenceBackend>;
  /** The suite's graphs as files that the backend loads. Default: ONNX. */
  graph?(name: TestGraph): ModelFile;
  /** The provider that runs when none is asked for. */
  readonly defaultProvider: ExecutionProvider;
  /** A provider that can't run here. */
  readonly missingProvider: ExecutionProvider;
  /** A number of threads that a session may ask for. Default 1; a backend with one fixed pool has only its own. */
  readonly threads?: number;
  /** Iterations of `slow` that take noticeable time. Default 3000; fewer for a backend that needs minutes for them. */
  readonly slowIterations?: number;
  /** Output tensors not disposed yet, where the backend counts them. */
  liveTensors?(backend: InferenceBackend): number;
}

/** One rule of the contract and the check of it. */
export interface ConformanceCase {
  readonly name: string;
  run(target: BackendTarget): Promise<void>;
}

/** What a case works with; {@link withBackend} makes and frees it. */
export interface Bench {
  readonly backend: InferenceBackend;
  readonly graph: (name: TestGraph) => ModelFile;
  readonly slowIterations: number;
  readonly open: (name: TestGraph, options?: SessionOptions) => Promise<InferenceSession>;
}

/** Runs `body` with a backend of its own and disposes it. */
export async function withBackend(
  target: BackendTarget,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  const backend = await target.create();
  const graph = (name: TestGraph): ModelFile => target.graph?.(name) ?? onnxGraph(name);
  try {
    await body({
      backend,
      graph,
      slowIterations: target.slowIterations ?? 3000,
      open: (name, options = {}) =>
        backend.createSession(graph(name), {
          ...(name === 'external' && { externalData: [externalDataFile()] }),
          ...options,
        }),
    });
  } finally {
    await backend.dispose();
  }
}

/** A case whose body gets a backend. */
export function backendCase(
  name: string,
  body: (bench: Bench, target: BackendTarget) => Promise<void>,
): ConformanceCase {
  return { name, run: (target) => withBackend(target, (bench) => body(bench, target)) };
}

export function float32(dims: readonly number[], ...values: readonly number[]): Tensor {
  return createTensor('float32', Float32Array.from(values), dims);
}

export function int64(dims: readonly number[], ...values: readonly number[]): Tensor {
  return createTensor('int64', BigInt64Array.from(values, BigInt), dims);
}

/** A feed of `slow` that takes a backend noticeable time. */
export function slowFeeds(first: number, iterations: number): Record<string, Tensor> {
  const x = new Float32Array(64 * 64);
  x[0] = first;
  return { x: createTensor('float32', x, [64, 64]), iterations: int64([], iterations) };
}

/** Runs a session, hands the outputs' elements over and disposes them. */
export async function runOnce(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  fetches?: readonly string[],
): Promise<Record<string, TensorDataMap[keyof TensorDataMap]>> {
  const outputs = await session.run(feeds, fetches);
  const entries = await Promise.all(
    Object.entries(outputs).map(async ([name, tensor]) => [name, (await tensor.read()).slice()] as const),
  );
  disposeTensors(outputs);
  return Object.fromEntries(entries);
}
