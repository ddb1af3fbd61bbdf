import * as threads from 'node:worker_threads';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { MessageEndpoint } from '@org/asr-core';

/** What Node 21 and later can tell: buffers that an addon owns must not be moved, only copied. */
const isPinned = (threads as { isMarkedAsUntransferable?: (buffer: ArrayBuffer) => boolean })
  .isMarkedAsUntransferable;

/** A `worker_threads` Worker, or the port to its parent, as the end of a channel. */
export function workerEndpoint(port: Worker | MessagePort): MessageEndpoint {
  return {
    post(message, transfer) {
      port.postMessage(message, isPinned ? transfer.filter((buffer) => !isPinned(buffer)) : [...transfer]);
    },
    listen(listener) {
      port.on('message', listener);
    },
  };
}
