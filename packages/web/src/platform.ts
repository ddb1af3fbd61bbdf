import { AsrError, memoryFiles } from '@org/asr-core';
import type { InferenceBackend, ModelFiles, ModelSource, OpenModelOptions, Platform } from '@org/asr-core';
import { createWebBackend } from './backend.js';
import type { WebBackendOptions } from './backend.js';
import { decodeAudio } from './decode-audio.js';
import { fetchOk, readBody, urlFiles } from './url-files.js';

/**
 * What a browser supplies to core: onnxruntime-web, files by `fetch`, the browser's audio codecs.
 *
 * @param options Of the backends it makes.
 */
export function createWebPlatform(options: WebBackendOptions = {}): Platform {
  return {
    name: 'web',
    createBackend: (request) => createBackend(options, request),
    openModel,
    readAudioFile,
    decodeAudio,
  };
}

/** `async`, so that a wrong option is a rejection. */
async function createBackend(
  options: WebBackendOptions,
  { offThread = false }: { readonly offThread?: boolean },
): Promise<InferenceBackend> {
  if (offThread) {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      "offThread: the browser's backend runs on the thread that calls it; load the model inside a Web Worker instead",
    );
  }
  return createWebBackend(options);
}

async function openModel(source: ModelSource, options: OpenModelOptions): Promise<ModelFiles> {
  options.signal?.throwIfAborted();
  if (options.download) {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      'download: in the browser models are fetched by the page alone, without a hub and a cache of their own; leave it out',
    );
  }
  if (typeof source === 'string') {
    throw unsupported(`the hub id "${source}": models can't be fetched from a hub yet`);
  }
  if (source instanceof URL) {
    throw unsupported(`the address ${source.href}: a server can't be asked which files it has`);
  }
  if (typeof source === 'object' && source !== null) {
    if ('urls' in source) return urlFiles(source, options);
    if ('files' in source) return memoryFiles(source);
    if ('path' in source) throw unsupported(`the folder ${source.path}: browsers have no file system`);
  }
  throw new TypeError('the model source must be a packaged model ({ name, urls }) or { files }');
}

function unsupported(what: string): AsrError {
  return new AsrError(
    'OPTION_UNSUPPORTED',
    `a model can't be opened from ${what}. Pass a packaged model, { name, urls } with an address per file, or { files }`,
  );
}

/** Strings are addresses relative to the page, as they are for `fetch`. */
async function readAudioFile(location: string | URL, signal?: AbortSignal): Promise<Uint8Array> {
  const url = new URL(location, globalThis.location.href);
  return readBody(await fetchOk(url, 'audio', signal), 'audio', signal);
}
