import { open, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/** Seconds. */
export interface LockTiming {
  /** Between two looks at a lock that someone else holds. */
  readonly poll: number;
  /** Between two signs of life of the holder. */
  readonly heartbeat: number;
  /** A holder whose process is gone (of this machine) is given up after so long without a sign of life. */
  readonly deadAfter: number;
  /** The same for a holder on another machine. */
  readonly remoteAfter: number;
  /** The same for a process that is there: its event loop may be held up, or the number be another process's by now. */
  readonly aliveAfter: number;
}

const TIMING: LockTiming = { poll: 0.1, heartbeat: 1, deadAfter: 3, remoteAfter: 60, aliveAfter: 600 };

interface Owner {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

/** A lock that is held; `release` is idempotent. */
export interface FileLock {
  release(): Promise<void>;
}

/**
 * Takes a lock among processes: a file that only one can create. Waits while another holds it. A lock whose holder died
 * is taken over: signs of life are changes of the file's date as seen by the one who waits, so clocks of different
 * machines need not agree.
 *
 * The lock keeps writers from getting in each other's way; that a file is right is ensured by its checksum.
 *
 * @throws `signal.reason`; what the file system throws.
 */
export async function lockFile(
  path: string,
  signal?: AbortSignal,
  timing: LockTiming = TIMING,
): Promise<FileLock> {
  const owner: Owner = { token: randomUUID(), pid: process.pid, host: hostname() };
  let seen = '';
  let since = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    if (await create(path, JSON.stringify(owner))) return hold(path, owner.token, timing);
    const state = await readState(path);
    if (state === undefined) continue;
    if (state.mark !== seen) {
      seen = state.mark;
      since = performance.now();
    }
    const idle = (performance.now() - since) / 1000;
    if (idle > patience(state.owner, owner.host, timing)) await removeStale(path, state.mark, timing);
    else
      await wait(timing.poll * 1000, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}

function hold(path: string, token: string, timing: LockTiming): FileLock {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, timing.heartbeat * 1000);
  beat.unref();
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      clearInterval(beat);
      // Not when it was taken over meanwhile.
      if ((await readState(path))?.owner?.token === token) await rm(path, { force: true });
    },
  };
}

function patience(owner: Owner | undefined, host: string, timing: LockTiming): number {
  // A holder that died before it wrote its name.
  if (!owner) return timing.deadAfter;
  if (owner.host !== host) return timing.remoteAfter;
  return isAlive(owner.pid) ? timing.aliveAfter : timing.deadAfter;
}

/**
 * Removes a lock that was found dead. One process at a time: else a slow one could remove the lock that a quicker one has
 * taken since.
 */
async function removeStale(path: string, mark: string, timing: LockTiming): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await create(guard, ''))) {
    // Held for a few system calls; one that is older belongs to a process that died within them.
    const stats = await stat(guard).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > 10_000) await rm(guard, { force: true });
    await wait(timing.poll * 1000);
    return;
  }
  try {
    if ((await readState(path))?.mark === mark) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EPERM: on Windows, while the file is being deleted.
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return false;
    throw error;
  }
}

/** `mark` changes with every sign of life and every new owner. */
async function readState(
  path: string,
): Promise<{ readonly owner: Owner | undefined; readonly mark: string } | undefined> {
  try {
    const handle = await open(path);
    try {
      const [text, stats] = [await readFile(handle, 'utf8'), await handle.stat()];
      return { owner: parseOwner(text), mark: `${text} ${stats.mtimeMs}` };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
