import { AsrError, openRemoteModel } from '@org/asr-core';
import type { ModelFiles, ModelSource, OpenModelOptions, PackagedModel } from '@org/asr-core';
import { openModelStore } from './store/open-store.js';
import { pageFetch } from './store/page-fetch.js';
import { urlFiles } from './url-files.js';

/**
 * Opens a model source: a hub id, the address of a folder or an archive, a packaged model or addresses of files, or files
 * in memory. What lies on a server is fetched file by file when it is needed, into the site's cache of models.
 *
 * @throws AsrError `MODEL_NOT_FOUND`; `MODEL_INVALID` when a listing or an archive is damaged or hostile;
 *   `DOWNLOAD_FAILED`; `OPTION_UNSUPPORTED` for folders and addresses that can't be fetched; TypeError for what is no
 *   source.
 */
export async function openModel(source: ModelSource, options: OpenModelOptions = {}): Promise<ModelFiles> {
  options.signal?.throwIfAborted();
  if (typeof source === 'string') return openRemote(source, options);
  if (source instanceof URL) {
    if (isHttp(source)) return openRemote(source, options);
    throw unsupported(`${source.protocol} addresses can't be listed`, 'use http(s):, or pass { files }');
  }
  if (typeof source === 'object' && source !== null) {
    if ('urls' in source) return openPackaged(source, options);
    if ('files' in source) return (await import('./memory-files.js')).memoryFiles(source);
    if ('path' in source) {
      throw unsupported(
        `browsers don't open the folder ${source.path} by its path`,
        'let the user choose or drop it and pass modelFromFolder(files)',
      );
    }
  }
  throw new TypeError(
    'the model source must be a hub id, a URL, a packaged model ({ name, urls }) or { files }',
  );
}

async function openRemote(
  source: string | URL | PackagedModel,
  { download = {}, signal, onProgress }: OpenModelOptions,
): Promise<ModelFiles> {
  const { endpoint, token, offline, fetch: ownFetch } = download;
  return openRemoteModel(source, {
    store: await openModelStore(download.cache),
    fetch: (input, init) => pageFetch(input, init, ownFetch),
    ...(endpoint && { endpoint }),
    ...(token && { token }),
    ...(offline !== undefined && { offline }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}

/** Bundlers inline small files of a package as `data:` addresses; those need no cache. */
async function openPackaged(model: PackagedModel, options: OpenModelOptions): Promise<ModelFiles> {
  const entries = Object.entries(model.urls);
  const inline = entries.filter(([, url]) => !isHttp(url));
  const local = urlFiles({ name: model.name, urls: Object.fromEntries(inline) }, options);
  if (inline.length === entries.length) return local;
  const served = entries.filter(([, url]) => isHttp(url));
  const remote = await openRemote({ name: model.name, urls: Object.fromEntries(served) }, options);
  const inlined = new Set(inline.map(([name]) => name));
  return {
    ...remote,
    list: async () => [...inlined, ...(await remote.list())].toSorted(),
    isLocal: async (name) => inlined.has(name) || ((await remote.isLocal?.(name)) ?? false),
    open: (name, signal) => (inlined.has(name) ? local : remote).open(name, signal),
  };
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}

function unsupported(problem: string, advice: string): AsrError {
  return new AsrError('OPTION_UNSUPPORTED', `model source: ${problem}; ${advice}`);
}
