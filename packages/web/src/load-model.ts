import { allFamilies, createLoadModel, type LoadModel } from '@org/asr-core';
import { createWebPlatform } from './platform.js';

/**
 * Loads a speech model in a browser, on the thread that calls it; call it in a Web Worker to keep a page responsive.
 *
 * @param source A packaged model, `{ name, urls }` with an address per file, or `{ files }` in memory.
 * @throws AsrError `MODEL_NOT_FOUND`, `MODEL_UNSUPPORTED`, `MODEL_INVALID`, `DOWNLOAD_FAILED`, `BACKEND_UNAVAILABLE`,
 *   `BACKEND_FAILED`, `OPTION_UNSUPPORTED`; `options.signal.reason` when aborted.
 * @example
 * ```ts
 * await using model = await loadModel(whisperTinyEn);
 * const { text } = await model.transcribe(file); // from <input type="file">
 * ```
 */
export const loadModel: LoadModel = /* @__PURE__ */ createLoadModel(
  /* @__PURE__ */ createWebPlatform(),
  allFamilies,
);
