import { lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { createMemoryStore } from '@org/asr-core';
import type { FileStore } from '@org/asr-core';
import { DiskStore } from './disk-store.js';
import { withReadOnlyBase } from './layered-store.js';

const NAME = 'asr-models';

/** What of the environment decides where the cache lies. */
export interface CacheEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: () => string;
  readonly temporary: () => string;
}

const REAL: CacheEnvironment = {
  env: process.env,
  platform: process.platform,
  home: homedir,
  temporary: tmpdir,
};

/**
 * The folder that fetched models are kept in: `ASR_CACHE`, else `asr-models` in the user's cache folder
 * (`XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `LOCALAPPDATA`).
 */
export function modelCacheFolder(): string {
  return cacheFolderOf(REAL);
}

/** {@link modelCacheFolder} of any environment. */
export function cacheFolderOf({ env, platform, home }: CacheEnvironment): string {
  const chosen = env['ASR_CACHE'];
  if (chosen) return resolve(chosen);
  if (platform === 'darwin') return join(home(), 'Library', 'Caches', NAME);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home(), 'AppData', 'Local'), NAME);
  const xdg = env['XDG_CACHE_HOME'];
  // The specification has relative paths ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(home(), '.cache'), NAME);
}

/**
 * The store that models are fetched into.
 *
 * A folder that was asked for (by option or `ASR_CACHE`) is used as it is: where it can't be written, what it holds can
 * be loaded and nothing be added. The usual folder is left for one under the system's temporary folder where it can't be
 * written (read-only containers, serverless functions), and for memory where that can't either; what the usual folder
 * holds is found nevertheless, and the store's note says what happened.
 *
 * @param cache See `DownloadOptions.cache`.
 */
export async function openModelStore(
  cache: string | false | undefined,
  environment: CacheEnvironment = REAL,
): Promise<FileStore> {
  if (cache === false) return createMemoryStore();
  if (cache !== undefined && typeof cache !== 'string') {
    throw new TypeError(`download.cache must be a folder's path or false, got ${typeof cache}`);
  }
  const chosen = cache ?? environment.env['ASR_CACHE'];
  if (chosen) return new DiskStore(resolve(chosen));
  const usual = usualFolder(environment);
  const problem = usual.folder === undefined ? usual.problem : await writeProblem(usual.folder);
  if (usual.folder !== undefined && problem === undefined) return new DiskStore(usual.folder);
  const temporary = await temporaryFolder(environment).catch((error: unknown) => String(error));
  const why = `${usual.folder ?? "the user's cache folder"} can't be written (${problem})`;
  const substitute =
    typeof temporary === 'string'
      ? createMemoryStore(`kept in memory: ${why}, nor can the temporary folder (${temporary})`)
      : new DiskStore(
          temporary.folder,
          `kept in ${temporary.folder}: ${why}; set ASR_CACHE to choose a folder`,
        );
  return usual.folder === undefined ? substitute : withReadOnlyBase(substitute, new DiskStore(usual.folder));
}

function usualFolder(
  environment: CacheEnvironment,
): { readonly folder: string } | { readonly folder: undefined; readonly problem: string } {
  try {
    return { folder: cacheFolderOf(environment) };
  } catch (error) {
    // There is no home where the user has no entry in the system's list.
    return { folder: undefined, problem: (error as Error).message };
  }
}

/** Writing is the only way to know: permissions don't tell of read-only mounts, and root passes them all. */
async function writeProblem(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `.probe-${process.pid}-${Math.random().toString(36).slice(2)}`);
    await writeFile(probe, '');
    await rm(probe, { force: true });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** A folder of this user's own, so that nobody else can put models in: the temporary folder is everyone's. */
async function temporaryFolder(environment: CacheEnvironment): Promise<{ readonly folder: string }> {
  const parent = environment.temporary();
  const uid = process.getuid?.();
  const folder = join(parent, `${NAME}-${uid ?? userInfo().username}`);
  await mkdir(folder, { mode: 0o700, recursive: true });
  const stats = await lstat(folder);
  const isOwn = uid === undefined || (stats.uid === uid && (stats.mode & 0o022) === 0);
  if (!stats.isDirectory() || !isOwn) return { folder: await mkdtemp(join(parent, `${NAME}-`)) };
  const problem = await writeProblem(folder);
  if (problem !== undefined) throw new Error(problem);
  return { folder };
}
