import { AsrError } from '@org/asr-core';
import type { ModelFile, SessionOptions } from '@org/asr-core';
import type { OrtInferenceSession, OrtSessionOptions, WebRuntime } from './runtime.js';

/** A graph's bytes, and those of its external data under the names that the graph knows. */
export interface GraphBytes {
  readonly graph: Uint8Array;
  readonly external: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/** @throws AsrError `MODEL_INVALID` for an empty file; what reading throws. */
export async function readGraph(
  model: ModelFile,
  { externalData = [], signal }: SessionOptions,
): Promise<GraphBytes> {
  const graph = await model.bytes(signal);
  if (graph.byteLength === 0) {
    throw new AsrError('MODEL_INVALID', `${model.name} is empty (0 bytes); get the file again`);
  }
  const external = await Promise.all(
    externalData.map(async (file) => ({ path: relativeName(model, file), data: await file.bytes(signal) })),
  );
  signal?.throwIfAborted();
  return { graph, external };
}

/** Makes a session in its turn; what ONNX Runtime throws is passed on. */
export function createSession(
  runtime: WebRuntime,
  bytes: GraphBytes,
  options: SessionOptions,
  settings: OrtSessionOptions,
): Promise<OrtInferenceSession> {
  return runtime.queue.add(() => createSessionNow(runtime, bytes, options, settings));
}

/** {@link createSession} for those whose turn it is. */
export function createSessionNow(
  { ort }: WebRuntime,
  { graph, external }: GraphBytes,
  { graphOptimization = 'all' }: SessionOptions,
  settings: OrtSessionOptions,
): Promise<OrtInferenceSession> {
  return ort.InferenceSession.create(graph, {
    ...settings,
    graphOptimizationLevel: graphOptimization,
    externalData: external,
    // Errors arrive as exceptions; the runtime's own warnings concern graph authors.
    logSeverityLevel: 3,
  });
}

/** Graphs name their external data relative to their own folder. */
function relativeName(model: ModelFile, file: ModelFile): string {
  const folder = model.name.slice(0, model.name.lastIndexOf('/') + 1);
  return file.name.startsWith(folder) ? file.name.slice(folder.length) : file.name;
}
