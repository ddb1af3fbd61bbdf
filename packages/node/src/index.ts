// Everything of core under the same name, so that an app needs one import and web offers the same.
export * from '@org/asr-core';
export { createNodeBackend } from './backend.js';
export type { NodeBackend } from './backend.js';
export { modelCacheFolder } from './cache/cache-folder.js';
export { listCachedModels, removeCachedModel, verifyCachedModels } from './cache/cached-models.js';
export type { CachedModel, CacheOptions, CacheProblem } from './cache/cached-models.js';
export { openModel } from './files.js';
export { inspectModel } from './inspect-model.js';
export { loadModel } from './load-model.js';
export { loadVad } from './load-vad.js';
export { createNodePlatform } from './platform.js';
export type { NodePlatformOptions } from './platform.js';
export { createWorkerBackend } from './worker-backend.js';
export type { WorkerBackendOptions } from './worker-backend.js';
