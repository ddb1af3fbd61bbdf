import { readdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { AsrError, missingFile } from '@org/asr-core';
import type { ModelFiles } from '@org/asr-core';
import { diskFile, statOrUndefined } from './disk-file.js';

/**
 * A folder of this machine as the files of a model.
 *
 * - Names are relative, with `/`, sub-folders included; what starts with a dot (`.git`, `.cache`) is left out.
 * - Links to files are followed wherever they lead: the snapshots of a Hugging Face cache consist of them. Links to
 *   folders are not, so that a listing stays inside the folder and ends.
 * - A name can't lead out of the folder (`../x`, `/etc/x`): there is no such file.
 *
 * @throws AsrError `MODEL_NOT_FOUND` when there is no such folder; TypeError when `path` is no string.
 */
export async function folderFiles(path: string): Promise<ModelFiles> {
  if (typeof path !== 'string') throw new TypeError(`path must be a string, got ${typeof path}`);
  const root = resolve(path);
  const origin = `folder ${root}`;
  const stats = await statOrUndefined(root);
  if (stats === undefined) throw new AsrError('MODEL_NOT_FOUND', `there is no folder ${root}`);
  if (!stats.isDirectory()) {
    throw new AsrError('MODEL_NOT_FOUND', `${root} is a file; pass the folder that holds the model's files`);
  }
  return {
    origin,
    list: (signal) => listFiles(root, signal),
    async open(name, signal) {
      signal?.throwIfAborted();
      const file = (await isInside(root, name)) ? await diskFile(name, join(root, name)) : undefined;
      if (!file) throw missingFile(name, origin, await listFiles(root, signal));
      return file;
    },
  };
}

async function listFiles(root: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const names: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await diskFile(name, join(root, name))))) {
        names.push(name);
      }
    }
  }
  return names.sort();
}

/** Whether the folder that `name` lies in is `root` or below it, links resolved. */
async function isInside(root: string, name: string): Promise<boolean> {
  const folder = dirname(join(root, name));
  if (folder !== root && !folder.startsWith(root + sep)) return false;
  if ((await statOrUndefined(folder)) === undefined) return false;
  const [realRoot, realFolder] = [await realpath(root), await realpath(folder)];
  return realFolder === realRoot || realFolder.startsWith(realRoot + sep);
}
