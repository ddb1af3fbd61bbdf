// Everything of core under the same name, so that an app needs one import and node offers the same.
export * from '@org/asr-core';
export { createWebBackend } from './backend.js';
export type { WebBackend, WebBackendOptions } from './backend.js';
export { modelFromFolder } from './folder-source.js';
export { inspectModel } from './inspect-model.js';
export { loadModel } from './load-model.js';
export { loadVad } from './load-vad.js';
export type { WasmPaths } from './ort/runtime.js';
export { mediaStreamAudio, microphone } from './microphone/microphone.js';
export type { LiveAudio, MicrophoneOptions } from './microphone/microphone.js';
export type { CaptureOptions } from './microphone/capture.js';
export { openModel } from './model-source.js';
export { createWebPlatform } from './platform.js';
export { listCachedModels, removeCachedModel } from './store/cached-models.js';
export type { CachedModel, CacheOptions } from './store/cached-models.js';
