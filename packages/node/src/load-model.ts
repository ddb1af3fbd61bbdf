import { allFamilies, createLoadModel, type LoadModel } from '@org/asr-core';
import { createNodePlatform } from './platform.js';

/**
 * Loads a speech model in Node.
 *
 * @param source A hub id (`owner/name`, `owner/name@revision`), a packaged model, `{ path }` of a folder, a URL, or
 *   `{ files }` in memory. What lies on a server is fetched once and kept: see `docs/guides/models.md`.
 * @throws AsrError `MODEL_NOT_FOUND`, `MODEL_UNSUPPORTED`, `MODEL_INVALID`, `DOWNLOAD_FAILED`, `BACKEND_UNAVAILABLE`,
 *   `BACKEND_FAILED`; `options.signal.reason` when aborted.
 * @example
 * ```ts
 * await using model = await loadModel('onnx-community/whisper-base', { quantization: 'int8' });
 * const { text } = await model.transcribe('talk.wav');
 * ```
 */
export const loadModel: LoadModel = /* @__PURE__ */ createLoadModel(
  /* @__PURE__ */ createNodePlatform(),
  allFamilies,
);
