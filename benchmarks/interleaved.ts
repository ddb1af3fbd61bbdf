import { cpus } from 'node:os';

/** Milliseconds per call. Processor time counts all threads and isn't stretched by what else the machine does. */
export interface Timing {
  readonly median: number;
  readonly best: number;
  readonly processor: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/**
 * Times candidates in turn, round after round, so that whatever else the machine does falls on all of them alike.
 * The first rounds, in which code is compiled, are not counted.
 */
export async function timeInterleaved<Name extends string>(
  candidates: Readonly<Record<Name, () => unknown>>,
  rounds: number,
): Promise<Readonly<Record<Name, Timing>>> {
  const names = Object.keys(candidates) as Name[];
  const wall = new Map<Name, number[]>(names.map((name) => [name, []]));
  const processor = new Map<Name, number[]>(names.map((name) => [name, []]));
  const warmUp = Math.max(3, Math.ceil(rounds / 5));
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const name of names) {
      const before = process.cpuUsage();
      const start = performance.now();
      await candidates[name]();
      const elapsed = performance.now() - start;
      const used = process.cpuUsage(before);
      if (round < warmUp) continue;
      wall.get(name)!.push(elapsed);
      processor.get(name)!.push((used.user + used.system) / 1000);
    }
  }
  const timings = names.map((name) => [
    name,
    {
      median: median(wall.get(name)!),
      best: Math.min(...wall.get(name)!),
      processor: median(processor.get(name)!),
    },
  ]);
  return Object.fromEntries(timings) as Record<Name, Timing>;
}

/** One line that says what ran where. */
export function machine(): string {
  return `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
}
