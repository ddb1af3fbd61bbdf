import { fileURLToPath } from 'node:url';
import { AsrError, memoryFiles, missingFile, openRemoteModel } from '@org/asr-core';
import type { ModelFiles, ModelSource, OpenModelOptions, PackagedModel } from '@org/asr-core';
import { bunzip2 } from './cache/bunzip2.js';
import { openModelStore } from './cache/cache-folder.js';
import { diskFile } from './disk-file.js';
import { folderFiles } from './folder-files.js';

/**
 * Opens a model source: a hub id, the address of a folder or an archive, addresses of files, a folder of this machine
 * (`{ path }` or a `file:` URL), a packaged model, or files in memory. What lies on a server is fetched file by file when
 * it is needed, into the cache of models.
 *
 * @throws AsrError `MODEL_NOT_FOUND`; `MODEL_INVALID` when a listing or an archive is damaged or hostile;
 *   `DOWNLOAD_FAILED`; `OPTION_UNSUPPORTED` for an address that is neither http(s) nor `file:`; TypeError for what is no
 *   source.
 */
export async function openModel(source: ModelSource, options: OpenModelOptions = {}): Promise<ModelFiles> {
  options.signal?.throwIfAborted();
  if (typeof source === 'string') return openRemote(source, options);
  if (source instanceof URL) {
    if (source.protocol === 'file:') return folderFiles(fileURLToPath(source));
    if (isHttp(source)) return openRemote(source, options);
    throw unsupported(`${source.protocol} addresses can't be fetched`, 'use http(s): or file:');
  }
  if (typeof source === 'object' && source !== null) {
    if ('path' in source) return folderFiles(source.path);
    if ('files' in source) return memoryFiles(source);
    if ('urls' in source) {
      const isRemote = Object.values(source.urls).some((url) => url instanceof URL && isHttp(url));
      return isRemote ? openRemote(source, options) : packagedFiles(source);
    }
  }
  throw new TypeError(
    'the model source must be a hub id, { path }, { files }, a URL or a packaged model ({ name, urls })',
  );
}

async function openRemote(
  source: string | URL | PackagedModel,
  { download = {}, signal, onProgress }: OpenModelOptions,
): Promise<ModelFiles> {
  const { endpoint = process.env['HF_ENDPOINT'], token = process.env['HF_TOKEN'], offline, fetch } = download;
  return openRemoteModel(source, {
    store: await openModelStore(download.cache),
    bunzip2,
    ...(endpoint && { endpoint }),
    ...(token && { token }),
    ...(offline !== undefined && { offline }),
    ...(fetch && { fetch }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
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
