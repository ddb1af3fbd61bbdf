import { isExpected } from '@org/asr-core';
import type { ExpectedFile, FileStore, Reservation, StoredFile } from '@org/asr-core';
import {
  addressesOf,
  factsAddress,
  freeBytes,
  noRoom,
  partAddress,
  readJson,
  recordAddress,
  segmentAddress,
  writeJson,
  writing,
} from './cache-entries.js';
import type { Content, FileFacts, PartFacts } from './cache-entries.js';
import { CacheReservation } from './cache-reservation.js';
import { storedFile } from './stored-file.js';

interface KeptRecord {
  readonly model: string;
  readonly record: unknown;
}

/**
 * Fetched models in the site's cache storage, safe for several tabs and workers at once.
 * `docs/decisions/0010-browser-store.md` says why it is that storage.
 */
export class CacheStore implements FileStore {
  readonly location: string;
  readonly #cache: Cache;
  readonly #lockPrefix: string;

  static async open(name: string): Promise<CacheStore> {
    return new CacheStore(name, await caches.open(name));
  }

  private constructor(name: string, cache: Cache) {
    this.location = `browser cache ${name}`;
    this.#cache = cache;
    this.#lockPrefix = `${name}:`;
  }

  async readRecord(key: string): Promise<unknown> {
    return (await readJson<KeptRecord>(this.#cache, recordAddress(key)))?.record;
  }

  writeRecord(key: string, model: string, record: unknown): Promise<void> {
    return writing(key, undefined, () => writeJson(this.#cache, recordAddress(key), { model, record }));
  }

  async find(model: string, expected: ExpectedFile): Promise<StoredFile | undefined> {
    const facts = await readJson<FileFacts>(this.#cache, factsAddress(model, expected.name));
    if (!facts || !isExpected(facts, expected)) return undefined;
    for (const i of facts.segments.keys()) {
      if (!(await this.#cache.match(segmentAddress(facts, i)))) return undefined;
    }
    return storedFile(this.#cache, facts);
  }

  async reserve(model: string, name: string, signal?: AbortSignal, size?: number): Promise<Reservation> {
    const release = await lock(this.#lockPrefix + factsAddress(model, name), signal);
    try {
      const reservation = await CacheReservation.open(this.#cache, model, name, size, release);
      if (size !== undefined && !(await this.find(model, { name, size }))) {
        const needed = size - reservation.size;
        const available = await freeBytes();
        if (available !== undefined && available < needed) throw noRoom(name, needed, available);
      }
      return reservation;
    } catch (error) {
      release();
      throw error;
    }
  }

  async remove(model: string): Promise<void> {
    // First what makes files visible; their content is then nobody's.
    for (const kind of ['files', 'parts']) {
      const prefix = kind === 'files' ? factsAddress(model, '') : partAddress(model, '');
      for (const url of await addressesOf(this.#cache, kind)) {
        if (url.startsWith(prefix)) await this.#cache.delete(url);
      }
    }
    for (const url of await addressesOf(this.#cache, 'records')) {
      if ((await readJson<KeptRecord>(this.#cache, url))?.model === model) await this.#cache.delete(url);
    }
    await this.#sweep();
  }

  /** All complete and unfinished files, for lists. */
  async contents(): Promise<{ readonly files: readonly FileFacts[]; readonly parts: readonly PartFacts[] }> {
    const [files, parts] = await Promise.all([this.#all<FileFacts>('files'), this.#all<PartFacts>('parts')]);
    return { files, parts };
  }

  async #all<T>(kind: string): Promise<readonly T[]> {
    const entries = await Promise.all(
      (await addressesOf(this.#cache, kind)).map((url) => readJson<T>(this.#cache, url)),
    );
    return entries.filter((entry) => entry !== undefined);
  }

  /** Removes content that no file refers to: of removed files, and of downloads that a crash interrupted. */
  async #sweep(): Promise<void> {
    const segments = await addressesOf(this.#cache, 'segments');
    const { files, parts } = await this.contents();
    const used = new Set([...files, ...parts].map((content: Content) => content.generation));
    for (const url of segments) {
      const generation = url.split('/').at(-2)!;
      if (!used.has(generation)) await this.#cache.delete(url);
    }
  }
}

/** The browser gives the lock back when the tab that holds it is closed or dies. */
async function lock(name: string, signal: AbortSignal | undefined): Promise<() => void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const hold = (): Promise<void> => new Promise((release) => resolve(release));
    navigator.locks.request(name, signal ? { signal } : {}, hold).catch(reject);
  });
}
