import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { modelCacheFolder } from './cache-folder.js';
import { digestFile } from './digest-file.js';
import { readJson } from './disk-layout.js';
import type { FileFacts } from './disk-layout.js';
import { filePaths } from './disk-layout.js';
import { DiskStore } from './disk-store.js';
import { statOrUndefined } from '../disk-file.js';

/** A model that was fetched. */
export interface CachedModel {
  /** Where it came from: `huggingface.co/owner/name@<commit>`, or an address. */
  readonly id: string;
  /** The folder that its files lie in. */
  readonly folder: string;
  /** Complete files. */
  readonly files: readonly { readonly name: string; readonly size: number }[];
  /** Bytes of all complete files. */
  readonly size: number;
  /** Bytes that have arrived of files that are not complete. */
  readonly unfinished: number;
}

/** A file of the cache that is not what was fetched. */
export interface CacheProblem {
  readonly id: string;
  readonly file: string;
  readonly problem: string;
}

/** Which cache is meant. */
export interface CacheOptions {
  /** Default: {@link modelCacheFolder}. */
  readonly cache?: string;
  readonly signal?: AbortSignal;
}

/** What lies in the cache of models, sorted by id. */
export async function listCachedModels(options: CacheOptions = {}): Promise<readonly CachedModel[]> {
  const models: CachedModel[] = [];
  for (const { id, folder, facts } of await readCache(options)) {
    const files: { name: string; size: number }[] = [];
    for (const { name, size } of facts) {
      if ((await statOrUndefined(filePaths(folder, name).file))?.size === size) files.push({ name, size });
    }
    const size = files.reduce((sum, file) => sum + file.size, 0);
    models.push({
      id,
      folder: join(folder, 'files'),
      files,
      size,
      unfinished: await unfinishedBytes(folder),
    });
  }
  return models;
}

/**
 * Removes a model from the cache, with all that belongs to it.
 *
 * @param id As {@link listCachedModels} gives it; or a hub id without revision, for all commits of it.
 * @returns the ids of what was removed; empty when there was no such model.
 * @throws AsrError `DOWNLOAD_FAILED` when the cache can't be written.
 */
export async function removeCachedModel(id: string, options: CacheOptions = {}): Promise<readonly string[]> {
  const store = new DiskStore(cacheRoot(options));
  const removed: string[] = [];
  for (const { id: model } of await readCache(options)) {
    if (model !== id && !isCommitOf(model, id)) continue;
    await store.remove(model);
    removed.push(model);
  }
  return removed;
}

/** Whether a model is a commit of a hub's repository `owner/name`; a name without owner is none. */
function isCommitOf(model: string, id: string): boolean {
  return /(?:^|\/)(?<repository>[^/]+\/[^/]+)@[0-9a-f]{40}$/u.exec(model)?.groups?.['repository'] === id;
}

/**
 * Reads every file of the cache and compares its size and SHA-256 with what they were when it was fetched.
 *
 * @returns what is wrong; empty when all is well. Remove such a model to have it fetched anew.
 */
export async function verifyCachedModels(options: CacheOptions = {}): Promise<readonly CacheProblem[]> {
  const problems: CacheProblem[] = [];
  for (const { id, folder, facts } of await readCache(options)) {
    for (const { name, size, sha256 } of facts) {
      options.signal?.throwIfAborted();
      const path = filePaths(folder, name).file;
      const found = await statOrUndefined(path);
      const report = (problem: string): number => problems.push({ id, file: name, problem });
      if (!found) report('is missing');
      else if (found.size !== size) report(`has ${found.size} bytes, expected ${size}`);
      else {
        const digests = await digestFile(path, size, 'sha256', options.signal);
        if (digests.sha256 !== sha256) report(`has SHA-256 ${digests.sha256}, expected ${sha256}`);
      }
    }
  }
  return problems;
}

interface CacheEntry {
  readonly id: string;
  readonly folder: string;
  readonly facts: readonly FileFacts[];
}

async function readCache(options: CacheOptions): Promise<readonly CacheEntry[]> {
  const models = join(cacheRoot(options), 'models');
  const entries: CacheEntry[] = [];
  for (const name of await namesIn(models)) {
    options.signal?.throwIfAborted();
    const folder = join(models, name);
    const id = (await readJson<{ readonly model: string }>(join(folder, 'model.json')))?.model;
    if (id === undefined) continue;
    const facts = await Promise.all(
      (await namesIn(join(folder, 'facts'))).map((file) => readJson<FileFacts>(join(folder, 'facts', file))),
    );
    const sorted = facts.filter((one) => one !== undefined).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    entries.push({ id, folder, facts: sorted });
  }
  return entries.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function unfinishedBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await namesIn(join(folder, 'partial'))) {
    if (/^[0-9a-f]+$/u.test(name)) bytes += (await stat(join(folder, 'partial', name))).size;
  }
  return bytes;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function cacheRoot({ cache = modelCacheFolder() }: CacheOptions): string {
  if (typeof cache !== 'string') throw new TypeError(`cache must be a folder's path, got ${typeof cache}`);
  return resolve(cache);
}
