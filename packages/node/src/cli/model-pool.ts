import { availableParallelism } from 'node:os';
import type { SpeechModel } from '@org/asr-node';

/** How work is spread over processors. */
export interface Parallelism {
  /** Models that are loaded side by side, each in an inference thread of its own. */
  readonly workers: number;
  /** Threads inside an operator; undefined: the runtime chooses. */
  readonly threads: number | undefined;
}

/**
 * Several models with one thread each take a batch of Whisper through faster than one with several, and a batch of a small
 * CTC model as fast: `benchmarks/batch.ts`. At most four unless asked, because each holds the weights once more.
 */
export function planParallelism(
  jobs: number,
  asked: {
    readonly workers?: number | undefined;
    readonly threads?: number | undefined;
    readonly isCpu: boolean;
  },
): Parallelism {
  const cores = availableParallelism();
  const usual = asked.isCpu ? Math.min(4, Math.max(1, Math.floor(cores / (asked.threads || 1)))) : 1;
  const workers = Math.max(1, Math.min(jobs, asked.workers ?? usual));
  const threads = asked.threads ?? (asked.isCpu ? Math.max(1, Math.floor(cores / workers)) : undefined);
  return { workers, threads };
}

/**
 * Serves jobs in order to whichever model is free. The first model is loaded before the others, so that it alone fetches
 * what is missing and says what is wrong.
 *
 * @param work Deals with failures of single jobs itself; what it throws stops everything.
 */
export async function forEachWithModels<Job>(
  jobs: readonly Job[],
  workers: number,
  load: () => Promise<SpeechModel>,
  work: (job: Job, model: SpeechModel, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const queue = [...jobs];
  const serve = async (loading: Promise<SpeechModel>): Promise<void> => {
    try {
      await using model = await loading;
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        either.throwIfAborted();
        await work(job, model, either);
      }
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  const first = await load();
  const others = Array.from({ length: Math.min(workers, jobs.length) - 1 }, () => serve(load()));
  const results = await Promise.allSettled([serve(Promise.resolve(first)), ...others]);
  // Of several failures the one that stopped the others.
  if (stop.signal.aborted) throw stop.signal.reason;
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
