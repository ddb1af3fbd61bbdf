import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ExpectedFile, Reservation, StoredFile } from '@org/asr-core';
import { readJson, writeJson, writing } from './disk-layout.js';
import type { FileFacts, FilePaths } from './disk-layout.js';
import { digestFile } from './digest-file.js';
import type { FileLock } from './file-lock.js';
import { storedFile } from './stored-file.js';

/** A file of the cache while it is written; see `Reservation`. */
export class DiskReservation implements Reservation {
  readonly #root: string;
  readonly #name: string;
  readonly #paths: FilePaths;
  readonly #lock: FileLock;
  #handle: FileHandle | undefined;
  #size: number;
  #validator: string | undefined;

  /** Continues what lies there of an earlier attempt. */
  static async open(root: string, name: string, paths: FilePaths, lock: FileLock): Promise<DiskReservation> {
    const handle = await open(paths.part, 'a');
    const { size } = await handle.stat();
    const facts = size > 0 ? await readJson<{ readonly validator?: string }>(paths.partFacts) : undefined;
    return new DiskReservation(root, name, paths, lock, handle, size, facts?.validator);
  }

  private constructor(
    root: string,
    name: string,
    paths: FilePaths,
    lock: FileLock,
    handle: FileHandle,
    size: number,
    validator: string | undefined,
  ) {
    this.#root = root;
    this.#name = name;
    this.#paths = paths;
    this.#lock = lock;
    this.#handle = handle;
    this.#size = size;
    this.#validator = validator;
  }

  get size(): number {
    return this.#size;
  }

  get validator(): string | undefined {
    return this.#validator;
  }

  restart(validator: string | undefined): Promise<void> {
    return writing(this.#root, async () => {
      const handle = (this.#handle ??= await open(this.#paths.part, 'a'));
      await handle.truncate(0);
      // Before any byte of the new version: a crash must not leave them under an old validator.
      await writeJson(this.#paths.partFacts, {
        name: this.#name,
        ...(validator !== undefined && { validator }),
      });
      this.#size = 0;
      this.#validator = validator;
    });
  }

  append(chunk: Uint8Array): Promise<void> {
    return writing(this.#root, async () => {
      const handle = (this.#handle ??= await open(this.#paths.part, 'a'));
      for (let written = 0; written < chunk.length;) {
        written += (await handle.write(chunk, written)).bytesWritten;
      }
      this.#size += chunk.length;
    });
  }

  finish(expected: ExpectedFile): Promise<StoredFile | undefined> {
    return writing(this.#root, async () => {
      // On the disk before the name is: else a power cut leaves an empty file under the right name.
      await this.#handle?.sync();
      await this.#close();
      const facts = await this.#examine(expected);
      const { size, digest } = expected;
      if ((size !== undefined && facts.size !== size) || (digest && facts[digest.algorithm] !== digest.hex)) {
        await this.restart(undefined);
        return undefined;
      }
      const { file, part, partFacts } = this.#paths;
      await mkdir(dirname(file), { recursive: true });
      // Facts first: a file without facts would never be found, facts without their file are no harm.
      await writeJson(this.#paths.facts, facts);
      await rename(part, file);
      await rm(partFacts, { force: true });
      this.#size = 0;
      this.#validator = undefined;
      return storedFile(file, facts);
    });
  }

  async release(): Promise<void> {
    const { part } = this.#paths;
    const isEmpty = this.#handle !== undefined && this.#size === 0;
    await this.#close();
    if (isEmpty) await rm(part, { force: true }).catch(() => {});
    await this.#lock.release();
  }

  /** Checksums of what lies on the disk, whoever wrote it. */
  async #examine({ digest, validator = this.#validator }: ExpectedFile): Promise<FileFacts> {
    const { size } = await stat(this.#paths.part);
    const digests = await digestFile(this.#paths.part, size, digest?.algorithm);
    return { name: this.#name, size, ...digests, ...(validator !== undefined && { validator }) };
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
