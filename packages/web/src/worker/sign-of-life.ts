import type { MessageChannelEnd } from './port-endpoint.js';

/** Told once by a worker: the lock that it holds as long as it lives. */
interface SignOfLife {
  readonly asrWorkerLock: string;
}

export function isSignOfLife(message: unknown): message is SignOfLife {
  return typeof message === 'object' && message !== null && 'asrWorkerLock' in message;
}

/**
 * Lets the page notice that this worker is gone. No event tells of a worker that closed itself, was terminated or ran out of
 * memory, but the browser gives back what it had locked.
 */
export function giveSignOfLife(port: MessageChannelEnd): void {
  // Only secure pages have locks; elsewhere the end of a worker stays unnoticed.
  if (typeof navigator.locks === 'undefined') return;
  const asrWorkerLock = `asr-worker-${crypto.randomUUID()}`;
  const hold = (): Promise<never> => {
    port.postMessage({ asrWorkerLock } satisfies SignOfLife, []);
    return new Promise(() => {});
  };
  void navigator.locks.request(asrWorkerLock, hold);
}

/** Calls `onEnd` when the worker that gave the sign is gone. */
export function awaitEnd({ asrWorkerLock }: SignOfLife, onEnd: () => void): void {
  void navigator.locks.request(asrWorkerLock, () => onEnd());
}
