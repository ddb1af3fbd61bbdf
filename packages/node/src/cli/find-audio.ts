import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UsageError } from './errors.js';

/** A recording to read. */
export interface AudioSource {
  /** As people see it: the path or address that was given or found. */
  readonly name: string;
  /** Absolute path, address, or `-` for what comes in on stdin. */
  readonly location: string;
  /** Name for files about it, without extension, with the folders below the one that was given: `a/talk`. */
  readonly stem: string;
  /** Its extension with the dot, or nothing. */
  readonly extension: string;
  /** What tells that a file changed; undefined for what can't be told. */
  readonly version?: string;
}

/** Files that are looked for in folders; what a file holds is told by its content. */
const EXTENSIONS = new Set(
  'aac aif aifc aiff amr au caf flac m4a m4b mka mkv mov mp3 mp4 oga ogg opus snd wav wave webm wma'.split(
    ' ',
  ),
);

/**
 * Finds recordings: files, folders (searched below, too), patterns (for shells that leave them alone), addresses, and `-`
 * for stdin. In the order given, those of a folder or pattern by name, each once.
 *
 * @throws UsageError for what is not there.
 */
export async function findAudio(inputs: readonly string[], cwd: string): Promise<readonly AudioSource[]> {
  const found = new Map<string, AudioSource>();
  for (const input of inputs) {
    for (const source of await expand(input, cwd)) {
      if (!found.has(source.location)) found.set(source.location, source);
    }
  }
  return [...found.values()];
}

async function expand(input: string, cwd: string): Promise<readonly AudioSource[]> {
  if (input === '-') return [{ name: 'stdin', location: '-', stem: 'stdin', extension: '' }];
  if (/^https?:\/\//iu.test(input)) return [addressSource(input)];
  const path = resolve(cwd, input);
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return folderSources(input, path);
  if (stats) return [await fileSource(input, path, dirname(path))];
  if (!isDynamicPattern(input)) throw new UsageError(`there is no file or folder ${input}`);
  return patternSources(input, cwd);
}

function addressSource(address: string): AudioSource {
  if (!URL.canParse(address)) throw new UsageError(`${address} is no address`);
  // Files are called after it, so it must not lead out of their folder.
  const name = decode(basename(new URL(address).pathname)).replaceAll(/[/\\\0]/gu, '_');
  const extension = extname(name);
  return { name: address, location: address, stem: basename(name, extension) || 'recording', extension };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function folderSources(input: string, root: string): Promise<readonly AudioSource[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .filter(({ name }) => EXTENSIONS.has(extname(name).slice(1).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  if (paths.length === 0) throw new UsageError(`the folder ${input} holds no recordings`);
  return Promise.all(paths.map((path) => fileSource(join(input, relative(root, path)), path, root)));
}

async function patternSources(pattern: string, cwd: string): Promise<readonly AudioSource[]> {
  const paths = (await glob(pattern, { cwd, absolute: true, onlyFiles: true }))
    .map((path) => resolve(path))
    .toSorted();
  if (paths.length === 0) throw new UsageError(`no file matches ${pattern}`);
  const root = commonFolder(paths);
  return Promise.all(paths.map((path) => fileSource(relative(cwd, path), path, root)));
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0]!);
  while (!paths.every((path) => !relative(folder, path).startsWith('..'))) folder = dirname(folder);
  return folder;
}

async function fileSource(name: string, path: string, root: string): Promise<AudioSource> {
  const { size, mtimeMs } = await stat(path);
  const extension = extname(path);
  const below = relative(root, path);
  return {
    name,
    location: path,
    stem: below.slice(0, below.length - extension.length).replaceAll('\\', '/'),
    extension,
    version: `${size} ${mtimeMs}`,
  };
}
