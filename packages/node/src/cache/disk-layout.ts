import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AsrError, checkFileName } from '@org/asr-core';

/** What is kept beside a file, to recognise and verify it later. */
export interface FileFacts {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  /** Where the server stated it. */
  readonly 'git-sha1'?: string;
  readonly validator?: string;
}

/** Paths of what belongs to one file of a model. */
export interface FilePaths {
  readonly file: string;
  readonly facts: string;
  readonly part: string;
  readonly partFacts: string;
  readonly lock: string;
}

/**
 * Where things lie in the cache:
 *
 * ```
 * models/<model>-<hash>/model.json      which model it is
 *                       files/…         complete, verified files under their own names
 *                       facts/<hash>    size and checksums of each
 *                       partial/<hash>  what has arrived of unfinished ones, and locks
 * records/<hash>                        listings and commits
 * ```
 */
export function modelFolder(root: string, model: string): string {
  return join(root, 'models', `${slug(model)}-${hash(model)}`);
}

/** @throws AsrError `MODEL_INVALID` for a name that could lead elsewhere. */
export function filePaths(folder: string, name: string): FilePaths {
  checkFileName(name, 'the source');
  const id = hash(name);
  const part = join(folder, 'partial', id);
  return {
    file: join(folder, 'files', ...name.split('/')),
    facts: join(folder, 'facts', `${id}.json`),
    part,
    partFacts: `${part}.json`,
    lock: `${part}.lock`,
  };
}

export function recordPath(root: string, key: string): string {
  return join(root, 'records', `${hash(key)}.json`);
}

/** For people who look into the folder; the hash behind it makes it unique. */
export function slug(text: string): string {
  return text.replaceAll(/[^a-z0-9]+/giu, '-').slice(0, 64);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

/** A JSON file; undefined when it isn't there or is damaged, which amounts to the same for a cache. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Written aside and renamed: whoever reads sees the old or the new file. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(aside, JSON.stringify(value));
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Runs what writes to the cache; says what to do when the disk refuses. */
export async function writing<T>(root: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    // Only the operating system's own refusals; a signal's reason and our own errors go on as they are.
    if (code === undefined || syscall === undefined) throw error;
    const advice =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'Free some space (removeCachedModel)'
        : 'Make it writable for this user';
    throw new AsrError(
      'DOWNLOAD_FAILED',
      `the model cache ${root} can't be written: ${message}. ${advice}, or choose another folder with ASR_CACHE or ` +
        'download.cache.',
      { cause: error },
    );
  }
}
