import { readFile } from 'node:fs/promises';

/**
 * Most resident memory that this process held so far, in bytes.
 *
 * On Linux from `/proc`: what `getrusage` says there counts the parent's memory, too, because a new process begins as a
 * copy of it.
 */
export async function peakMemory(): Promise<number> {
  const status =
    process.platform === 'linux' ? await readFile('/proc/self/status', 'latin1').catch(() => '') : '';
  const kibibytes = /^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1];
  return 1024 * (kibibytes === undefined ? process.resourceUsage().maxRSS : Number(kibibytes));
}
