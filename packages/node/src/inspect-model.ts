import { allFamilies, createInspectModel, type InspectModel } from '@org/asr-core';
import { createNodePlatform } from './platform.js';

/**
 * Says what a model is without loading it: family, layout, which files would be used and why, vocabulary, languages, what
 * it can do and what is missing for the rest.
 *
 * @param source As for `loadModel`.
 * @throws AsrError as `loadModel` does, when the files are not those of one model; `options.signal.reason` when aborted.
 * @example
 * ```ts
 * const { family, features, files } = await inspectModel('onnx-community/whisper-base');
 * ```
 */
export const inspectModel: InspectModel = /* @__PURE__ */ createInspectModel(
  /* @__PURE__ */ createNodePlatform(),
  allFamilies,
);
