import * as threads from 'node:worker_threads';

const { isMarkedAsUntransferable } = threads as {
  isMarkedAsUntransferable?: (buffer: ArrayBuffer) => boolean;
};

/** Whether a buffer is an addon's own and must not be moved, only copied; Node 21 and later can tell. */
export function isPinned(buffer: ArrayBuffer): boolean {
  return isMarkedAsUntransferable?.(buffer) ?? false;
}
