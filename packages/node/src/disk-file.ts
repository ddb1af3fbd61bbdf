import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { AsrError } from '@org/asr-core';
import type { ModelFile } from '@org/asr-core';

/**
 * A file of this machine as a file of a model; undefined when there is none at `path` (links are followed).
 * Nothing stays open between reads.
 */
export async function diskFile(name: string, path: string): Promise<ModelFile | undefined> {
  const stats = await statOrUndefined(path);
  if (!stats?.isFile()) return undefined;
  return { name, path, size: stats.size, bytes: (signal) => readBytes(path, signal) };
}

/** @throws what `stat` throws, except that there is nothing. */
export async function statOrUndefined(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** @throws AsrError `MODEL_NOT_FOUND`; `signal.reason` when aborted. */
export async function readBytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  try {
    const { buffer, byteOffset, byteLength } = await readFile(path, signal && { signal });
    // Not a Buffer, whose slice() makes no copy.
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AsrError('MODEL_NOT_FOUND', `${path} can't be read: ${(cause as Error).message}`, { cause });
  }
}
