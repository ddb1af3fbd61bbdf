import { Worker } from 'node:worker_threads';
import { AsrError, connectBackend } from '@org/asr-core';
import type { NodeBackend } from './backend.js';
import { releaseMemory } from './ort/release-memory.js';
import { messageOf } from './ort/runtime.js';
import { workerEndpoint } from './worker/endpoint.js';
import { createExitFlags, holdExit, releaseExit } from './worker/exit-guard.js';

/** Where {@link createWorkerBackend} finds the code of its thread. */
export interface WorkerBackendOptions {
  /**
   * Address of this package's `dist/worker.js`. Only needed when a bundler has put this package's code into
   * another file: copy `worker.js` along and say where it is.
   */
  readonly workerUrl?: URL;
}

/**
 * Makes a backend that runs onnxruntime-node in a worker thread of its own, so that the caller's event loop goes on
 * while a graph computes.
 *
 * Outputs named in `deviceOutputs` stay in that thread and are fed back without a copy. The thread keeps the process
 * alive only while something is under way; `dispose()` ends it. If it dies, calls reject with `BACKEND_FAILED`.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE` when the thread or onnxruntime-node in it can't be started.
 */
export async function createWorkerBackend(options: WorkerBackendOptions = {}): Promise<NodeBackend> {
  // Sources (src/) and builds (dist/) lie side by side, so this one address is right in both.
  const url = options.workerUrl ?? new URL('../dist/worker.js', import.meta.url);
  const flags = createExitFlags();
  const worker = new Worker(url, { name: 'asr-inference', workerData: flags });
  holdExit(flags);
  const died = new Promise<AsrError>((resolve) => {
    worker.once('error', (cause) => {
      resolve(new AsrError('BACKEND_FAILED', `the inference thread failed: ${messageOf(cause)}`, { cause }));
    });
    worker.once('exit', (code) => {
      releaseExit(flags);
      resolve(
        new AsrError(
          'BACKEND_FAILED',
          `the inference thread ended (exit code ${code}); load the model again`,
        ),
      );
    });
  });
  const connecting = connectBackend(workerEndpoint(worker), {
    onBusy: (busy) => (busy ? worker.ref() : worker.unref()),
    freeMemory: releaseMemory,
    onDispose: () => worker.terminate(),
  });
  try {
    const backend = await Promise.race([connecting, died]);
    if (AsrError.isInstance(backend)) throw backend;
    void died.then((failure) => backend.fail(failure));
    return backend;
  } catch (cause) {
    void connecting.catch(() => {});
    await worker.terminate();
    if (AsrError.isInstance(cause) && cause.code === 'BACKEND_UNAVAILABLE') throw cause;
    throw new AsrError(
      'BACKEND_UNAVAILABLE',
      `the inference thread did not start from ${url.href}: ${messageOf(cause)}. If this program was bundled, keep ` +
        '@org/asr-node out of the bundle, copy its dist/worker.js and pass workerUrl, or load with offThread: false',
      { cause },
    );
  }
}
