import { missingFile } from '@org/asr-core';
import type { ModelFile, ModelFiles, OpenModelOptions, PackagedModel } from '@org/asr-core';
import { readDataUrl } from './data-url.js';

/** The files of a packaged model, fetched when they are read. */
export function urlFiles(model: PackagedModel, options: OpenModelOptions): ModelFiles {
  const names = Object.keys(model.urls).toSorted();
  const origin = `model ${model.name}`;
  return {
    origin,
    list: () => Promise.resolve(names),
    // `async`, so that a missing name is a rejection.
    async open(name) {
      const url = Object.hasOwn(model.urls, name) ? model.urls[name] : undefined;
      if (url === undefined) throw missingFile(name, origin, names);
      return urlFile(name, url, options);
    },
  };
}

function urlFile(name: string, url: URL, options: OpenModelOptions): ModelFile {
  return {
    name,
    async bytes(signal = options.signal) {
      const written = readDataUrl(url);
      if (written) return written;
      const { fetchFile } = await import('./fetch-file.js');
      return fetchFile(name, url, signal, options.onProgress);
    },
  };
}
