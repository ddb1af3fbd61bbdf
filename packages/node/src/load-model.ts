import {
  createLoadModel,
  deepSpeechFamily,
  nemoCtcFamily,
  speechBrainCtcFamily,
  wav2vec2Family,
  whisperFamily,
  zipformerCtcFamily,
  type LoadModel,
} from '@org/asr-core';
import { createNodePlatform } from './platform.js';

/**
 * Loads a speech model in Node.
 *
 * @param source A packaged model, `{ path }` of a folder, or `{ files }` in memory.
 * @throws AsrError `MODEL_NOT_FOUND`, `MODEL_UNSUPPORTED`, `MODEL_INVALID`, `BACKEND_UNAVAILABLE`, `BACKEND_FAILED`;
 *   `options.signal.reason` when aborted.
 * @example
 * ```ts
 * await using model = await loadModel({ path: './whisper-base' });
 * const { text } = await model.transcribe('talk.wav');
 * ```
 */
export const loadModel: LoadModel = /* @__PURE__ */ createLoadModel(/* @__PURE__ */ createNodePlatform(), [
  whisperFamily,
  wav2vec2Family,
  zipformerCtcFamily,
  nemoCtcFamily,
  deepSpeechFamily,
  speechBrainCtcFamily,
]);
