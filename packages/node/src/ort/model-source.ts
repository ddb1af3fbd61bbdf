import { open, realpath, stat } from 'node:fs/promises';
import { dirname, posix, resolve, sep } from 'node:path';
import { AsrError } from '@org/asr-core';
import type { ModelFile } from '@org/asr-core';
import { messageOf } from './runtime.js';

/** What ONNX Runtime loads: a path, or bytes; with the external data it can't find by itself. */
export interface ModelSourceForOrt {
  readonly graph: string | Uint8Array;
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/**
 * Decides what ONNX Runtime opens itself. A graph on disk is passed by path, and so is external data that lies
 * where the graph expects it. Everything else is read into memory.
 *
 * @throws AsrError `MODEL_NOT_FOUND`, `MODEL_INVALID` for an empty file.
 */
export async function prepareModel(
  model: ModelFile,
  externalData: readonly ModelFile[],
  signal: AbortSignal | undefined,
): Promise<ModelSourceForOrt> {
  const inMemory = await Promise.all(
    externalData.map(async (file) => {
      if (await foundByRuntime(model, file)) return undefined;
      return { path: relativeName(model, file), data: ownBuffer(await file.bytes(signal)) };
    }),
  );
  return {
    graph: model.path === undefined ? await readGraph(model, signal) : await checkPath(model, model.path),
    externalData: inMemory.filter((file) => file !== undefined),
  };
}

/** The first bytes of a model that failed to load, for telling what it is instead. */
export async function headOf(graph: string | Uint8Array): Promise<Uint8Array> {
  if (typeof graph !== 'string') return graph.subarray(0, 64);
  const handle = await open(graph, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function readGraph(model: ModelFile, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const bytes = await model.bytes(signal);
  if (bytes.byteLength === 0) throw emptyFile(model.name);
  return ownBuffer(bytes);
}

async function checkPath(model: ModelFile, path: string): Promise<string> {
  let size: number;
  try {
    size = (await stat(path)).size;
  } catch (cause) {
    throw new AsrError('MODEL_NOT_FOUND', `${model.name} can't be opened: ${messageOf(cause)}`, { cause });
  }
  if (size === 0) throw emptyFile(model.name);
  return path;
}

function emptyFile(name: string): AsrError {
  return new AsrError('MODEL_INVALID', `${name} is empty (0 bytes); get the file again`);
}

/**
 * Whether ONNX Runtime finds and accepts external data beside the graph. It resolves links and refuses data that
 * ends up neither in the graph's folder nor in the folder of the file that the graph itself links to (a Hugging
 * Face cache links both into one `blobs` folder). Other data goes through memory.
 */
async function foundByRuntime(model: ModelFile, file: ModelFile): Promise<boolean> {
  if (model.path === undefined || file.path === undefined) return false;
  const folder = dirname(model.path);
  const expected = resolve(folder, relativeName(model, file));
  if (resolve(file.path) !== expected) return false;
  try {
    const data = await realpath(expected);
    const folders = [await realpath(folder), dirname(await realpath(model.path))];
    return folders.some((real) => data.startsWith(real + sep));
  } catch (cause) {
    throw new AsrError('MODEL_NOT_FOUND', `${file.name} can't be opened: ${messageOf(cause)}`, { cause });
  }
}

/** Graphs name external data relative to themselves. */
function relativeName(model: ModelFile, file: ModelFile): string {
  return posix.relative(posix.dirname(model.name), file.name);
}

/** The native binding takes no views on shared memory. */
function ownBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);
}
