import { fileURLToPath } from 'node:url';
import { AsrError, memoryFiles, missingFile } from '@org/asr-core';
import type { ModelFiles, ModelSource, PackagedModel } from '@org/asr-core';
import { diskFile } from './disk-file.js';
import { folderFiles } from './folder-files.js';

/**
 * Opens a model source: a folder (`{ path }` or a `file:` URL), a packaged model, or files in memory.
 *
 * @throws AsrError `MODEL_NOT_FOUND` when the folder isn't there; `OPTION_UNSUPPORTED` for a source that can't be
 *   opened here; TypeError for what is no source.
 */
export async function openModel(
  source: ModelSource,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ModelFiles> {
  options.signal?.throwIfAborted();
  if (typeof source === 'string') {
    throw unsupported(
      `"${source}" is a hub id, and models can't be fetched from a hub yet`,
      `if you meant a folder, write { path: ${JSON.stringify(source)} }; otherwise download the files first`,
    );
  }
  if (source instanceof URL) {
    if (source.protocol === 'file:') return folderFiles(fileURLToPath(source));
    throw unsupported(
      `${source.href} can't be asked which files it has`,
      'download the files and pass { path } or { files }',
    );
  }
  if (typeof source === 'object' && source !== null) {
    if ('path' in source) return folderFiles(source.path);
    if ('files' in source) return memoryFiles(source);
    if ('urls' in source) return packagedFiles(source);
  }
  throw new TypeError(
    'the model source must be { path }, { files }, a file: URL or a packaged model ({ name, urls })',
  );
}

/** The files of a packaged model; on Node their addresses are paths. */
function packagedFiles(model: PackagedModel): ModelFiles {
  const names = Object.keys(model.urls).toSorted();
  const origin = `model ${model.name}`;
  for (const name of names) {
    const url = model.urls[name];
    if (url?.protocol === 'file:') continue;
    throw unsupported(
      `${origin} has ${name} at ${String(url)}, which is no file of this machine`,
      'download the files and pass { path } or { files }',
    );
  }
  return {
    origin,
    list: () => Promise.resolve(names),
    async open(name) {
      const url = Object.hasOwn(model.urls, name) ? model.urls[name] : undefined;
      if (url === undefined) throw missingFile(name, origin, names);
      const path = fileURLToPath(url);
      const file = await diskFile(name, path);
      if (file) return file;
      throw new AsrError(
        'MODEL_NOT_FOUND',
        `${origin}: ${name} is not at ${path}; install the package again`,
      );
    },
  };
}

function unsupported(problem: string, advice: string): AsrError {
  return new AsrError('OPTION_UNSUPPORTED', `model source: ${problem}; ${advice}`);
}
