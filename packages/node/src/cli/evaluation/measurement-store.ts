import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveModel } from '../model-argument.js';
import type { CandidateSpec, Measurement, MeasureTask } from './measurement.js';

/** Finished measurements in a folder, so that a comparison that was stopped goes on where it was. */
export class MeasurementStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was measured before, of this model and these recordings. */
  async find(key: string): Promise<Measurement | undefined> {
    try {
      return JSON.parse(await readFile(this.#file(key), 'utf8')) as Measurement;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async keep(key: string, measurement: Measurement): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    // In one step, so that a killed process leaves no half of it.
    const draft = `${this.#file(key)}.${process.pid}`;
    await writeFile(draft, JSON.stringify(measurement));
    await rename(draft, this.#file(key));
  }

  #file(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

/**
 * Names a measurement by what its result depends on: the model and how it runs, the recordings and what is added to
 * them. Files count by size and time of change. The transcripts don't: errors are counted when a report is made.
 */
export async function measurementKey(
  spec: CandidateSpec,
  task: MeasureTask,
  version: string,
): Promise<string> {
  const source = await resolveModel(spec.model, spec.cwd);
  const isFolder = typeof source === 'object' && 'path' in source;
  const paths = new Set(task.utterances.map(({ audio }) => audio));
  for (const { noise } of task.noise ?? []) paths.add(noise);
  const { cache: _, ...download } = spec.load.download ?? {};
  const parts = {
    version,
    model: isFolder ? source : spec.model,
    modelFiles: isFolder ? await stampFolder(source.path) : [],
    load: { ...spec.load, download },
    noise: task.noise ?? [],
    seed: task.seed ?? 0,
    detectLanguage: task.detectLanguage ?? false,
    utterances: task.utterances.map(({ id, audio, start, end, language }) => [
      id,
      audio,
      start,
      end,
      language,
    ]),
    audio: await Promise.all([...paths].map(stamp)),
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

async function stampFolder(folder: string): Promise<readonly unknown[]> {
  const names: string[] = await readdir(folder, { recursive: true }).catch(() => []);
  return Promise.all(names.sort().map((name) => stamp(join(folder, name))));
}

async function stamp(path: string): Promise<readonly unknown[]> {
  const found = await stat(path).catch(() => undefined);
  return found ? [path, found.size, found.mtimeMs] : [path];
}
