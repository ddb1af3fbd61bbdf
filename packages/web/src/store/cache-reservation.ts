import { digestBytes } from '@org/asr-core';
import type { ExpectedFile, Reservation, StoredFile } from '@org/asr-core';
import {
  factsAddress,
  partAddress,
  readJson,
  removeContent,
  segmentAddress,
  writeJson,
  writing,
} from './cache-entries.js';
import type { FileFacts, PartFacts } from './cache-entries.js';
import { readContent, storedFile } from './stored-file.js';

/** Bytes that wait in memory, and are lost when the page is closed in mid-download. */
const SEGMENT = 8 * 2 ** 20;

/** A file of the cache while it is written; see `Reservation`. */
export class CacheReservation implements Reservation {
  readonly #cache: Cache;
  readonly #model: string;
  readonly #name: string;
  readonly #expectedSize: number | undefined;
  readonly #release: () => void;
  #part: PartFacts;
  #kept: number;
  #waiting: Uint8Array[] = [];
  #waitingSize = 0;

  /** Continues what lies there of an earlier attempt. @param release Gives the lock back. */
  static async open(
    cache: Cache,
    model: string,
    name: string,
    expectedSize: number | undefined,
    release: () => void,
  ): Promise<CacheReservation> {
    const part = await readJson<PartFacts>(cache, partAddress(model, name));
    return new CacheReservation(cache, model, name, expectedSize, release, part ?? emptyPart(model));
  }

  private constructor(
    cache: Cache,
    model: string,
    name: string,
    expectedSize: number | undefined,
    release: () => void,
    part: PartFacts,
  ) {
    this.#cache = cache;
    this.#model = model;
    this.#name = name;
    this.#expectedSize = expectedSize;
    this.#release = release;
    this.#part = part;
    this.#kept = total(part);
  }

  get size(): number {
    return this.#kept + this.#waitingSize;
  }

  get validator(): string | undefined {
    return this.#part.validator;
  }

  async restart(validator: string | undefined): Promise<void> {
    const before = this.#part;
    this.#waiting = [];
    this.#waitingSize = 0;
    await this.#note(emptyPart(this.#model, validator));
    await removeContent(this.#cache, before);
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#waiting.push(chunk.slice());
    this.#waitingSize += chunk.length;
    if (this.#waitingSize >= SEGMENT) await this.#flush();
  }

  async finish(expected: ExpectedFile): Promise<StoredFile | undefined> {
    await this.#flush();
    const { size, digest, validator = this.validator } = expected;
    const hex = digest && (await this.#digest(digest.algorithm));
    if ((size !== undefined && size !== this.#kept) || hex !== digest?.hex) {
      await this.restart(undefined);
      return undefined;
    }
    const facts: FileFacts = {
      model: this.#model,
      name: this.#name,
      size: this.#kept,
      ...(digest && { [digest.algorithm]: hex }),
      ...(validator !== undefined && { validator }),
      generation: this.#part.generation,
      segments: this.#part.segments,
    };
    const address = factsAddress(this.#model, this.#name);
    const older = await readJson<FileFacts>(this.#cache, address);
    await writing(this.#name, undefined, () => writeJson(this.#cache, address, facts));
    await this.#cache.delete(partAddress(this.#model, this.#name));
    if (older) await removeContent(this.#cache, older);
    this.#part = emptyPart(this.#model);
    this.#kept = 0;
    return storedFile(this.#cache, facts);
  }

  async release(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      this.#release();
    }
  }

  async #digest(algorithm: NonNullable<ExpectedFile['digest']>['algorithm']): Promise<string> {
    return digestBytes(await readContent(this.#cache, this.#name, this.#part), algorithm);
  }

  async #flush(): Promise<void> {
    if (this.#waitingSize === 0) return;
    const segment = new Blob(this.#waiting as BlobPart[]);
    this.#waiting = [];
    this.#waitingSize = 0;
    const i = this.#part.segments.length;
    // Content that no entry refers to may be swept away.
    if (i === 0) await this.#note(this.#part);
    const remaining = this.#expectedSize === undefined ? segment.size : this.#expectedSize - this.#kept;
    await writing(this.#name, remaining, () =>
      this.#cache.put(segmentAddress(this.#part, i), new Response(segment)),
    );
    // After its content: what is noted is there.
    await this.#note({ ...this.#part, segments: [...this.#part.segments, segment.size] });
  }

  async #note(part: PartFacts): Promise<void> {
    const address = partAddress(this.#model, this.#name);
    await writing(this.#name, undefined, () => writeJson(this.#cache, address, part));
    this.#part = part;
    this.#kept = total(part);
  }
}

function emptyPart(model: string, validator?: string): PartFacts {
  return {
    model,
    generation: crypto.randomUUID(),
    segments: [],
    ...(validator !== undefined && { validator }),
  };
}

function total({ segments }: PartFacts): number {
  return segments.reduce((sum, size) => sum + size, 0);
}
