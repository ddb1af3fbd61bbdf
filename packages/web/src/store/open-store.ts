import { AsrError } from '@org/asr-core';
import type { FileStore } from '@org/asr-core';
import { CacheStore } from './cache-store.js';

/** Name of the cache that models are kept in, unless another is asked for. */
export const DEFAULT_CACHE = 'asr-models';

/**
 * The store for `download.cache`.
 *
 * @throws AsrError `OPTION_UNSUPPORTED` for a named cache where there are none. Without a name, memory is taken instead
 *   and says so.
 */
export async function openModelStore(cache: string | false | undefined): Promise<FileStore> {
  if (cache === false) return memoryStore();
  if (typeof caches !== 'undefined') return CacheStore.open(cache ?? DEFAULT_CACHE);
  const reason = 'browsers give a cache to https: pages and localhost only';
  if (cache !== undefined) {
    throw new AsrError('OPTION_UNSUPPORTED', `download.cache: ${cache} can't be used: ${reason}`);
  }
  return memoryStore(`kept in memory: ${reason}`);
}

async function memoryStore(note?: string): Promise<FileStore> {
  return (await import('./memory-store.js')).createMemoryStore(note);
}
