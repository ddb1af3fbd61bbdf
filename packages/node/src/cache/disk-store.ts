import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isExpected } from '@org/asr-core';
import type { ExpectedFile, FileStore, Reservation, StoredFile } from '@org/asr-core';
import { statOrUndefined } from '../disk-file.js';
import { filePaths, modelFolder, readJson, recordPath, slug, writeJson, writing } from './disk-layout.js';
import type { FileFacts } from './disk-layout.js';
import { DiskReservation } from './disk-reservation.js';
import { lockFile } from './file-lock.js';
import { storedFile } from './stored-file.js';

/** Tells backup programs that this can be had again (bford.info/cachedir). */
const CACHE_TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# Models that @org/asr-node has fetched.\n';

/** Fetched models in a folder of this machine, safe for several processes at once. */
export class DiskStore implements FileStore {
  readonly location: string;
  readonly note?: string;
  readonly #root: string;

  /** @param note See `FileStore.note`. */
  constructor(root: string, note?: string) {
    this.#root = root;
    this.location = `folder ${root}`;
    if (note !== undefined) this.note = note;
  }

  async readRecord(key: string): Promise<unknown> {
    return (await readJson<{ readonly record: unknown }>(recordPath(this.#root, key)))?.record;
  }

  writeRecord(key: string, model: string, record: unknown): Promise<void> {
    return writing(this.#root, () => writeJson(recordPath(this.#root, key), { key, model, record }));
  }

  async find(model: string, expected: ExpectedFile): Promise<StoredFile | undefined> {
    return (await this.#look(model, expected)) ?? this.#adopt(model, expected);
  }

  reserve(model: string, name: string, signal?: AbortSignal): Promise<Reservation> {
    const folder = modelFolder(this.#root, model);
    const paths = filePaths(folder, name);
    const attempt = async (): Promise<Reservation> => {
      await mkdir(dirname(paths.part), { recursive: true });
      await this.#introduce(folder, model);
      const lock = await lockFile(paths.lock, signal);
      try {
        return await DiskReservation.open(this.#root, name, paths, lock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    };
    return writing(this.#root, async () => {
      for (let repeats = 0; ; repeats++) {
        try {
          return await attempt();
        } catch (error) {
          // The model was removed while we waited for the lock in its folder.
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || repeats === 5) throw error;
        }
      }
    });
  }

  /** In one step for whoever looks at the cache meanwhile. */
  remove(model: string): Promise<void> {
    return writing(this.#root, async () => {
      const folder = modelFolder(this.#root, model);
      const aside = join(this.#root, 'models', `.removed-${randomUUID()}`);
      if (await statOrUndefined(folder)) {
        await rename(folder, aside);
        await rm(aside, { recursive: true, force: true });
      }
      const records = join(this.#root, 'records');
      for (const name of await readdir(records).catch(() => [])) {
        const path = join(records, name);
        if ((await readJson<{ readonly model: string }>(path))?.model === model)
          await rm(path, { force: true });
      }
    });
  }

  async #look(model: string, expected: ExpectedFile): Promise<StoredFile | undefined> {
    const { file, facts: factsPath } = filePaths(modelFolder(this.#root, model), expected.name);
    const facts = await readJson<FileFacts>(factsPath);
    if (!facts || !isExpected(facts, expected)) return undefined;
    return (await statOrUndefined(file))?.size === facts.size ? storedFile(file, facts) : undefined;
  }

  /** Takes a file over from another commit of the same repository, where its checksum says that it is the same. */
  async #adopt(model: string, expected: ExpectedFile): Promise<StoredFile | undefined> {
    const repository = repositoryOf(model);
    if (!expected.digest || repository === undefined) return undefined;
    const models = join(this.#root, 'models');
    for (const name of await readdir(models).catch(() => [])) {
      if (!name.startsWith(slug(repository))) continue;
      const other = (await readJson<{ readonly model: string }>(join(models, name, 'model.json')))?.model;
      if (other === undefined || other === model || repositoryOf(other) !== repository) continue;
      if (!(await this.#look(other, expected))) continue;
      try {
        await this.#share(other, model, expected.name);
        return await this.#look(model, expected);
      } catch {
        // No links here, or no right to write: it will be fetched, which says what is wrong.
      }
    }
    return undefined;
  }

  async #share(from: string, to: string, name: string): Promise<void> {
    const source = filePaths(modelFolder(this.#root, from), name);
    const folder = modelFolder(this.#root, to);
    const target = filePaths(folder, name);
    const aside = `${target.part}.${randomUUID()}`;
    await mkdir(dirname(target.part), { recursive: true });
    await mkdir(dirname(target.file), { recursive: true });
    await this.#introduce(folder, to);
    await link(source.file, aside);
    await writeJson(target.facts, await readJson(source.facts));
    await rename(aside, target.file);
  }

  async #introduce(folder: string, model: string): Promise<void> {
    const path = join(folder, 'model.json');
    if (!(await statOrUndefined(path))) await writeJson(path, { model });
    await writeFile(join(this.#root, 'CACHEDIR.TAG'), CACHE_TAG, { flag: 'wx' }).catch(() => {});
  }
}

/** A commit's repository; undefined for what is no commit. */
function repositoryOf(model: string): string | undefined {
  return /^(?<repository>.+)@[0-9a-f]{40}$/u.exec(model)?.groups?.['repository'];
}
