import { cdp } from 'vitest/browser';

/** What this file needs of a DevTools session; Vitest's can't take a listener back. */
interface Devtools {
  send<Result>(method: string, parameters?: object): Promise<Result>;
  on(event: string, listener: (payload: never) => void): unknown;
}

/** An event of Chromium's trace. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread. Microseconds. */
  readonly tdur?: number;
}

/** Says in a trace which thread is the page's. */
const MARK = 'asr-page-thread';

const devtools = cdp() as unknown as Devtools;
let onComplete: (stream: string) => void;
devtools.on('Tracing.tracingComplete', ({ stream }: { readonly stream: string }) => onComplete(stream));

/**
 * The longest task of the page's thread during `work`, by the processor time that the thread had in it: waiting for a processor
 * doesn't count, as it would by `PerformanceObserver`, so that a busy machine stretches nothing. Milliseconds.
 *
 * @throws Error when the trace has no task of this thread.
 */
export async function longestTask(work: () => Promise<unknown>): Promise<number> {
  const complete = new Promise<string>((resolve) => (onComplete = resolve));
  await devtools.send('Tracing.start', {
    transferMode: 'ReturnAsStream',
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline', 'blink.user_timing'] },
  });
  try {
    performance.mark(MARK);
    await work();
  } finally {
    await devtools.send('Tracing.end');
  }
  const events = await readTrace(await complete);
  const page = events.find(({ name }) => name === MARK);
  const times = events
    .filter(({ name, pid, tid }) => name === 'RunTask' && pid === page?.pid && tid === page.tid)
    .map(({ tdur = 0 }) => tdur / 1000);
  if (times.length === 0) throw new Error(`none of ${events.length} events is a task of the page's thread`);
  return times.reduce((longest, time) => Math.max(longest, time), 0);
}

async function readTrace(handle: string): Promise<readonly TraceEvent[]> {
  let json = '';
  for (;;) {
    const { data, eof } = await devtools.send<{ data: string; eof: boolean }>('IO.read', { handle });
    json += data;
    if (eof) break;
  }
  await devtools.send('IO.close', { handle });
  const { traceEvents } = JSON.parse(json) as { readonly traceEvents: readonly TraceEvent[] };
  return traceEvents;
}
