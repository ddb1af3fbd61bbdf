import { AsrError } from '@org/asr-core';
import type { InferenceBackend, Platform } from '@org/asr-core';
import { createWebBackend } from './backend.js';
import type { WebBackendOptions } from './backend.js';
import { openModel } from './model-source.js';

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
    // Imported when it is needed: WAV and samples are read by core.
    decodeAudio: async (bytes, signal) => (await import('./decode-audio.js')).decodeAudio(bytes, signal),
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
      "offThread, replicas: the browser's backend runs on the thread that calls it; load the model inside a Web Worker instead",
    );
  }
  return createWebBackend(options);
}

/** Strings are addresses relative to the page, as they are for `fetch`. */
async function readAudioFile(location: string | URL, signal?: AbortSignal): Promise<Uint8Array> {
  const url = new URL(location, globalThis.location.href);
  const { fetchOk, readBody } = await import('./fetch-file.js');
  return readBody(await fetchOk(url, 'audio', signal), 'audio', signal);
}
