import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.js';
import { resolveModel } from '../model-argument.js';
import { fileVersions } from '../file-versions.js';
import { describeSearch } from '../search-options.js';
import { modelIdentity } from '../transcribe/fingerprint.js';
import { NOISE_KINDS } from './evaluation-set.js';
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
    await writeFileAtomically(this.#file(key), JSON.stringify(measurement));
  }

  #file(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

/**
 * Names a measurement by what its result depends on: the model and how it runs, the recordings and what is added to
 * them. Files count by size and time of change. The transcripts don't: errors are counted when a report is made.
 *
 * @param version Of this package.
 * @throws AsrError when the model's files can't be listed.
 */
export async function measurementKey(
  { model, cwd, load, search }: CandidateSpec,
  task: MeasureTask,
  version: string,
  signal: AbortSignal,
): Promise<string> {
  const { download, ...run } = load;
  const audio = new Set(task.utterances.map((utterance) => utterance.audio));
  const noise = task.noise.map((condition) => condition.noise).filter((name) => !NOISE_KINDS.includes(name));
  const parts = {
    version,
    model: await modelIdentity(await resolveModel(model, cwd), { ...(download && { download }), signal }),
    run,
    decoding: Object.keys(search).length === 0 ? undefined : await describeSearch(search, cwd),
    task: {
      ...task,
      utterances: task.utterances.map(({ id, audio, start, end, language }) => [
        id,
        audio,
        start,
        end,
        language,
      ]),
    },
    files: await fileVersions([...audio, ...noise]),
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
