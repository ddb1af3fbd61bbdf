// Everything of core under the same name, so that an app needs one import and web offers the same.
export * from '@org/asr-core';
export { createNodeBackend } from './backend.js';
export type { NodeBackend } from './backend.js';
export { openModel } from './files.js';
export { loadModel } from './load-model.js';
export { loadVad } from './load-vad.js';
export { createNodePlatform } from './platform.js';
export type { NodePlatformOptions } from './platform.js';
export { createWorkerBackend } from './worker-backend.js';
export type { WorkerBackendOptions } from './worker-backend.js';
