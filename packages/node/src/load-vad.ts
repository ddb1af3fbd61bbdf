import { createLoadVad, type LoadVad } from '@org/asr-core';
import { createNodePlatform } from './platform.js';

/**
 * Loads a voice activity detector in Node: Silero VAD of version 5 or 6.
 *
 * @param source The packaged model, `{ path }` of a folder, or `{ files }` in memory.
 * @throws AsrError `MODEL_NOT_FOUND`, `MODEL_UNSUPPORTED`, `MODEL_INVALID`, `BACKEND_UNAVAILABLE`, `BACKEND_FAILED`;
 *   `options.signal.reason` when aborted.
 * @example
 * ```ts
 * await using vad = await loadVad(sileroVad);
 * for (const { start, end } of await vad.detect('meeting.wav')) console.log(start, end);
 * ```
 */
export const loadVad: LoadVad = /* @__PURE__ */ createLoadVad(/* @__PURE__ */ createNodePlatform());
