import { parentPort, workerData } from 'node:worker_threads';
import { serveBackend } from '@org/asr-core';
import { createNodeBackend } from '../backend.js';
import { readBytes } from '../disk-file.js';
import { workerEndpoint } from './endpoint.js';
import { guardCalls } from './exit-guard.js';
import type { ExitFlags } from './exit-guard.js';

// The module of the inference thread; see ../worker-backend.ts for its other end.
if (parentPort === null) throw new Error('this module runs in a worker thread of @org/asr-node only');
serveBackend(workerEndpoint(parentPort), createNodeBackend, {
  readFile: readBytes,
  around: guardCalls(workerData as ExitFlags),
});
