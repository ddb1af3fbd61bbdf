export { AsrError } from '@org/asr-core';
export { createNodeBackend } from './backend.js';
export type { NodeBackend } from './backend.js';
