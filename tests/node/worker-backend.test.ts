import { createWorkerBackend } from '@org/asr-node';
import type { NodeBackend } from '@org/asr-node';
import { describeBackend } from '@org/asr-testkit';

describeBackend('onnxruntime-node in a worker thread', {
  create: createWorkerBackend,
  defaultProvider: 'cpu',
  missingProvider: process.platform === 'linux' ? 'dml' : 'tensorrt',
  liveTensors: (backend) => (backend as NodeBackend).liveTensors,
});
