import { createLoadVad, type LoadVad } from '@org/asr-core';
import { createWebPlatform } from './platform.js';

/**
 * Loads a voice activity detector in a browser, on the thread that calls it: Silero VAD of version 5 or 6.
 *
 * @param source The packaged model, `{ name, urls }` with an address per file, or `{ files }` in memory.
 * @throws AsrError `MODEL_NOT_FOUND`, `MODEL_UNSUPPORTED`, `MODEL_INVALID`, `DOWNLOAD_FAILED`, `BACKEND_UNAVAILABLE`,
 *   `BACKEND_FAILED`, `OPTION_UNSUPPORTED`; `options.signal.reason` when aborted.
 * @example
 * ```ts
 * await using vad = await loadVad(sileroVad);
 * const spans = await vad.detect(file); // from <input type="file">
 * ```
 */
export const loadVad: LoadVad = /* @__PURE__ */ createLoadVad(/* @__PURE__ */ createWebPlatform());
