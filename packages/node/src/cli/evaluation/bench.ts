import { median } from './build-candidate.js';
import type { Measurement } from './measurement.js';

/** A figure of several runs. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What `bench` finds; every run was in a process of its own. Plain data. */
export interface BenchResult {
  readonly model: string;
  readonly audio: string;
  readonly audioSeconds: number;
  readonly runs: number;
  readonly provider: string;
  /** Bytes of the model's files in use. */
  readonly size?: number;
  /** Seconds from the call of `loadModel` to a model that can be used. */
  readonly loadSeconds: Spread;
  /** Seconds of the first transcription, in which the runtime plans its memory. */
  readonly coldSeconds: Spread;
  /** Seconds to the first segment of the second transcription. */
  readonly firstResultSeconds: Spread;
  /** Seconds of the second transcription. */
  readonly computeSeconds: Spread;
  /** Seconds of audio per second of the second transcription. */
  readonly speed: Spread;
  /** Bytes. */
  readonly peakMemory: Spread;
}

/** Medians and ranges of runs over one recording. */
export function summarizeRuns(model: string, audio: string, runs: readonly Measurement[]): BenchResult {
  const results = runs.map((run) => run.results[0]!);
  const { info, size } = runs[0]!;
  return {
    model,
    audio,
    audioSeconds: results[0]!.audioSeconds,
    runs: runs.length,
    provider: info.provider,
    ...(size !== undefined && { size }),
    loadSeconds: spread(runs.map((run) => run.loadSeconds)),
    coldSeconds: spread(runs.map((run) => run.warmUpSeconds)),
    firstResultSeconds: spread(results.map((result) => result.firstResultSeconds)),
    computeSeconds: spread(results.map((result) => result.computeSeconds)),
    speed: spread(results.map(({ audioSeconds, computeSeconds }) => audioSeconds / computeSeconds)),
    peakMemory: spread(runs.map((run) => run.peakMemory)),
  };
}

function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
