import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ModelFiles } from '@org/asr-core';

/** A folder as model files. `replace` puts other content (or a file of another name) in the place of files. */
export function folderFiles(path: string, replace: Readonly<Record<string, Uint8Array>> = {}): ModelFiles {
  const names = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const all = [...new Set([...names, ...Object.keys(replace)])].toSorted();
  return {
    origin: `folder ${path}`,
    list: () => Promise.resolve(all),
    open: (name) => {
      const content = replace[name];
      const file = join(path, name);
      return Promise.resolve(
        content
          ? { name, bytes: () => Promise.resolve(content) }
          : { name, path: file, bytes: () => Promise.resolve(new Uint8Array(readFileSync(file))) },
      );
    },
  };
}
