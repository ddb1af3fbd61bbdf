import { digestBytes } from './digest.js';
import type { ExpectedFile, FileStore, Reservation, StoredFile } from './file-store.js';

interface Kept {
  readonly file: StoredFile;
  readonly digests: ReadonlyMap<string, string>;
}

/** What was received of a file that is not complete, and who writes it. */
interface Slot {
  chunks: Uint8Array[];
  size: number;
  validator: string | undefined;
  turn: Promise<void>;
}

/** Keeps fetched files in memory, as long as the store is kept. @param note See {@link FileStore.note}. */
export function createMemoryStore(note?: string): FileStore {
  const records = new Map<string, { readonly model: string; readonly record: unknown }>();
  const files = new Map<string, Map<string, Kept>>();
  const slots = new Map<string, Slot>();

  return {
    location: 'memory',
    ...(note !== undefined && { note }),
    readRecord: (key) => Promise.resolve(structuredClone(records.get(key)?.record)),
    writeRecord(key, model, record) {
      records.set(key, { model, record: structuredClone(record) });
      return Promise.resolve();
    },
    find(model, expected) {
      const kept = files.get(model)?.get(expected.name);
      return Promise.resolve(kept && fits(kept, expected) ? kept.file : undefined);
    },
    async reserve(model, name, signal) {
      const key = JSON.stringify([model, name]);
      const slot = slots.get(key) ?? emptySlot();
      slots.set(key, slot);
      const before = slot.turn;
      let done = (): void => {};
      slot.turn = new Promise((resolve) => {
        done = resolve;
      });
      await before;
      if (signal?.aborted) done();
      signal?.throwIfAborted();
      return reservation(name, slot, done, (kept) => {
        const siblings = files.get(model) ?? new Map<string, Kept>();
        files.set(model, siblings.set(name, kept));
      });
    },
    remove(model) {
      files.delete(model);
      for (const [key, { model: owner }] of records) if (owner === model) records.delete(key);
      return Promise.resolve();
    },
  };
}

function emptySlot(): Slot {
  return { chunks: [], size: 0, validator: undefined, turn: Promise.resolve() };
}

function reservation(name: string, slot: Slot, release: () => void, keep: (kept: Kept) => void): Reservation {
  const restart = (validator: string | undefined): Promise<void> => {
    slot.chunks = [];
    slot.size = 0;
    slot.validator = validator;
    return Promise.resolve();
  };
  return {
    get size() {
      return slot.size;
    },
    get validator() {
      return slot.validator;
    },
    restart,
    append(chunk) {
      slot.chunks.push(chunk.slice());
      slot.size += chunk.length;
      return Promise.resolve();
    },
    async finish(expected) {
      const bytes = new Uint8Array(await new Blob(slot.chunks as BlobPart[]).arrayBuffer());
      const digests = new Map<string, string>();
      if (expected.digest) {
        const { algorithm } = expected.digest;
        digests.set(algorithm, await digestBytes(bytes, algorithm));
      }
      const file = storedFile(name, bytes, expected.validator ?? slot.validator);
      await restart(undefined);
      const kept = { file, digests };
      if (!fits(kept, expected)) return undefined;
      keep(kept);
      return file;
    },
    release() {
      release();
      return Promise.resolve();
    },
  };
}

function fits({ file, digests }: Kept, { size, digest, validator }: ExpectedFile): boolean {
  if (size !== undefined && file.size !== size) return false;
  if (digest) return digests.get(digest.algorithm) === digest.hex;
  return validator === undefined || file.validator === validator;
}

function storedFile(name: string, bytes: Uint8Array, validator: string | undefined): StoredFile {
  return {
    name,
    size: bytes.length,
    ...(validator !== undefined && { validator }),
    async bytes(signal) {
      signal?.throwIfAborted();
      return bytes;
    },
    stream: () => new Blob([bytes as BlobPart]).stream(),
  };
}
