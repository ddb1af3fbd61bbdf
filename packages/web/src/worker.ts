export { connectWorker } from './worker/connect-worker.js';
export { serve } from './worker/serve.js';
export type { LoadModel, LoadVad, RemoteModels } from '@org/asr-core';
