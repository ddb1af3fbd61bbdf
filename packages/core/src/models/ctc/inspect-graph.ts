import type { ModelFile, ModelFiles } from '../../hub/model-files.js';
import type { OnnxMetadata } from '../onnx-metadata.js';

/** A graph's file and what it says about itself. */
export interface InspectedGraph extends OnnxMetadata {
  /** For a session: bytes that had to be fetched for the inspection are not fetched again. */
  readonly file: ModelFile;
}

/** Several families look at the same graph when a model is detected; its file is read once. */
const inspected = new WeakMap<ModelFiles, Map<string, Promise<InspectedGraph>>>();

/**
 * Reads the metadata of a graph.
 *
 * @throws AsrError `MODEL_INVALID` when the file is no ONNX model, `MODEL_NOT_FOUND`.
 */
export function inspectGraph(files: ModelFiles, name: string, signal?: AbortSignal): Promise<InspectedGraph> {
  const known = inspected.get(files) ?? new Map<string, Promise<InspectedGraph>>();
  inspected.set(files, known);
  const reading = known.get(name) ?? read(files, name, signal);
  known.set(name, reading);
  reading.catch(() => known.delete(name));
  return reading;
}

async function read(
  files: ModelFiles,
  name: string,
  signal: AbortSignal | undefined,
): Promise<InspectedGraph> {
  const file = await files.open(name, signal);
  const bytes = await file.bytes(signal);
  const { readOnnxMetadata } = await import('../onnx-metadata.js');
  const metadata = readOnnxMetadata(bytes, name);
  if (file.path !== undefined) return { ...metadata, file };
  return { ...metadata, file: { name, size: bytes.length, bytes: () => Promise.resolve(bytes) } };
}
