import type { MessagePort, Worker } from 'node:worker_threads';
import type { MessageEndpoint } from '@org/asr-core';
import { isPinned } from '../pinned.js';

/** A `worker_threads` Worker, or the port to its parent, as the end of a channel. */
export function workerEndpoint(port: Worker | MessagePort): MessageEndpoint {
  return {
    post(message, transfer) {
      port.postMessage(
        message,
        transfer.filter((buffer) => !isPinned(buffer)),
      );
    },
    listen(listener) {
      port.on('message', listener);
    },
  };
}
