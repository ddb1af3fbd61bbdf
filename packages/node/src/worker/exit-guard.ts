import { AsrError } from '@org/asr-core';

/**
 * Node tears a worker thread down when the process exits. If that happens inside a native call, onnxruntime-node
 * aborts the process (seen on Node 24: `terminate called after throwing an instance of 'Napi::Error'`). So the exit
 * waits for the call at hand, which Node's own teardown would wait for as well, and no further one is begun.
 *
 * Both threads share two counters. The thread counts a call before it looks at STOPPING; the exit sets STOPPING
 * before it looks at CALLS: one of them always sees the other.
 */
export type ExitFlags = Int32Array<SharedArrayBuffer>;

const CALLS = 0;
const STOPPING = 1;

export function createExitFlags(): ExitFlags {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** In the thread: runs native calls, or rejects them once the process exits. */
export function guardCalls(flags: ExitFlags): <T>(call: () => Promise<T>) => Promise<T> {
  return async (call) => {
    Atomics.add(flags, CALLS, 1);
    try {
      if (Atomics.load(flags, STOPPING) !== 0) throw new AsrError('DISPOSED', 'the process is exiting');
      return await call();
    } finally {
      Atomics.sub(flags, CALLS, 1);
      Atomics.notify(flags, CALLS);
    }
  };
}

const guarded = new Set<ExitFlags>();

/** In the caller's thread: holds an exit of the process up until the thread's calls are over. */
export function holdExit(flags: ExitFlags): void {
  if (guarded.size === 0) process.on('exit', waitForCalls);
  guarded.add(flags);
}

/** Ends {@link holdExit}. */
export function releaseExit(flags: ExitFlags): void {
  if (guarded.delete(flags) && guarded.size === 0) process.off('exit', waitForCalls);
}

function waitForCalls(): void {
  for (const flags of guarded) Atomics.store(flags, STOPPING, 1);
  for (const flags of guarded) {
    for (let calls = Atomics.load(flags, CALLS); calls > 0; calls = Atomics.load(flags, CALLS)) {
      Atomics.wait(flags, CALLS, calls);
    }
  }
}
