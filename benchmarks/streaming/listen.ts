/** Plays a recording to a model and notes what it tells, and when. */
import type { SpeechModel, StreamEvent, StreamOptions } from '@org/asr-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { RATE } from './recordings.js';

/** Samples of a chunk: 20 ms, what telephones and browsers send. */
const CHUNK = 320;

/** An event and when it came. */
export interface NotedEvent {
  readonly event: StreamEvent;
  /** Seconds on the clock of the recording: it starts when its first sample is spoken. */
  readonly time: number;
  /** Seconds of audio that had been handed over. */
  readonly pushed: number;
}

export interface Session {
  readonly events: readonly NotedEvent[];
  /** Seconds it took. */
  readonly wall: number;
  /** Seconds of processor time, of all threads. */
  readonly processor: number;
}

/**
 * @param pace `real`: a chunk comes when its last sample has been spoken, however busy the model is. `fast`: as fast as the
 *   stream takes them.
 */
export async function listen(
  model: SpeechModel,
  samples: Float32Array,
  pace: 'real' | 'fast',
  options: StreamOptions,
): Promise<Session> {
  const usage = process.cpuUsage();
  const start = performance.now();
  const clock = (): number => (performance.now() - start) / 1000;
  let pushed = 0;
  async function* chunks(): AsyncGenerator<Float32Array> {
    for (let at = 0; at < samples.length; at += CHUNK) {
      const end = Math.min(at + CHUNK, samples.length);
      if (pace === 'real') await sleep(Math.max(0, (end / RATE - clock()) * 1000));
      pushed = end / RATE;
      yield samples.subarray(at, end);
    }
  }
  const events: NotedEvent[] = [];
  for await (const event of model.stream(chunks(), { ...options, format: { sampleRate: RATE } })) {
    events.push({ event, time: clock(), pushed });
  }
  const { user, system } = process.cpuUsage(usage);
  return { events, wall: clock(), processor: (user + system) / 1e6 };
}
