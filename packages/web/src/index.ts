export { createWebBackend } from './backend.js';
export type { WebBackend, WebBackendOptions } from './backend.js';
export type { WasmPaths } from './ort/runtime.js';
export type { ThreadChoice } from './ort/threads.js';
export { createWebPlatform } from './platform.js';
