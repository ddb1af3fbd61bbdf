export { AsrError } from '@org/asr-core';
export { createNodeBackend } from './backend.js';
export type { NodeBackend } from './backend.js';
export { createWorkerBackend } from './worker-backend.js';
export type { WorkerBackendOptions } from './worker-backend.js';
