import { AsrError } from '@org/asr-core';
import { CacheStore } from './cache-store.js';
import { DEFAULT_CACHE } from './open-store.js';

/** A model that was fetched. */
export interface CachedModel {
  /** Where it came from: `huggingface.co/owner/name@<commit>`, or an address. */
  readonly id: string;
  /** Complete files. */
  readonly files: readonly { readonly name: string; readonly size: number }[];
  /** Bytes of all complete files. */
  readonly size: number;
  /** Bytes that have arrived of files that are not complete. */
  readonly unfinished: number;
}

/** Which cache is meant. */
export interface CacheOptions {
  /** Name of the cache. Default `asr-models`. */
  readonly cache?: string;
}

/**
 * What lies in this site's cache of models, sorted by id.
 *
 * @throws AsrError `OPTION_UNSUPPORTED` on a page that isn't secure (`https:` or `localhost`): it has no cache.
 */
export async function listCachedModels(options: CacheOptions = {}): Promise<readonly CachedModel[]> {
  const { files, parts } = await (await openCache(options)).contents();
  const ids = [...new Set([...files, ...parts].map(({ model }) => model))].toSorted();
  return ids.map((id) => {
    const own = files
      .filter(({ model }) => model === id)
      .map(({ name, size }) => ({ name, size }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return {
      id,
      files: own,
      size: own.reduce((sum, { size }) => sum + size, 0),
      unfinished: parts
        .filter(({ model }) => model === id)
        .flatMap(({ segments }) => segments)
        .reduce((sum, size) => sum + size, 0),
    };
  });
}

/**
 * Removes a model from this site's cache, with all that belongs to it.
 *
 * @param id As {@link listCachedModels} gives it; or a hub id without revision, for all commits of it.
 * @returns the ids of what was removed; empty when there was no such model.
 * @throws AsrError `OPTION_UNSUPPORTED` as `listCachedModels`.
 */
export async function removeCachedModel(id: string, options: CacheOptions = {}): Promise<readonly string[]> {
  const store = await openCache(options);
  const removed: string[] = [];
  for (const { id: model } of await listCachedModels(options)) {
    if (model !== id && !model.replace(/@[0-9a-f]{40}$/u, '').endsWith(`/${id}`)) continue;
    await store.remove(model);
    removed.push(model);
  }
  return removed;
}

async function openCache({ cache = DEFAULT_CACHE }: CacheOptions): Promise<CacheStore> {
  if (typeof cache !== 'string') throw new TypeError(`cache must be a name, got ${typeof cache}`);
  if (typeof caches === 'undefined') {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      'this page has no cache of models: browsers give one to https: pages and localhost only',
    );
  }
  return CacheStore.open(cache);
}
