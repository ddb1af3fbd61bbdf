import { describeBackend } from '@org/asr-testkit/describe-backend';
import { createWebBackend } from '@org/asr-web';
import type { WebBackend } from '@org/asr-web';

// Two threads, so that the threaded code of the wasm runs even on a machine with one core.
describeBackend('onnxruntime-web/wasm with threads', {
  create: () => createWebBackend({ threads: 2 }),
  defaultProvider: 'wasm',
  missingProvider: 'webgpu',
  threads: 2,
  liveTensors: (backend) => (backend as WebBackend).liveTensors,
});
