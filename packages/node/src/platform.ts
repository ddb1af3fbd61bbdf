import type { Platform } from '@org/asr-core';
import { decodeAudio, readAudioFile } from './audio.js';
import { createNodeBackend } from './backend.js';
import { openModel } from './files.js';
import { createWorkerBackend } from './worker-backend.js';
import type { WorkerBackendOptions } from './worker-backend.js';

/** What {@link createNodePlatform} needs to be told in bundled programs. */
export type NodePlatformOptions = WorkerBackendOptions;

/**
 * What Node.js supplies to core: onnxruntime-node, the file system, audio decoding.
 *
 * Inference runs in a worker thread unless `offThread: false` is asked for: `docs/decisions/0003-off-thread-inference.md`
 * has the measurements.
 */
export function createNodePlatform(options: NodePlatformOptions = {}): Platform {
  return {
    name: 'node',
    createBackend: ({ offThread = true }) => (offThread ? createWorkerBackend(options) : createNodeBackend()),
    openModel,
    readAudioFile,
    decodeAudio,
  };
}
