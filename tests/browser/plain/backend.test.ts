import { describeBackend } from '@org/asr-testkit/describe-backend';
import { createWebBackend } from '@org/asr-web';
import type { WebBackend } from '@org/asr-web';

describeBackend('onnxruntime-web/wasm', {
  create: () => createWebBackend(),
  defaultProvider: 'wasm',
  missingProvider: 'webgpu',
  liveTensors: (backend) => (backend as WebBackend).liveTensors,
});
