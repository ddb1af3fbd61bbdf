import type { FileStore } from '@org/asr-core';

/** A store that also finds what another one holds and never writes to that one. */
export function withReadOnlyBase(store: FileStore, base: FileStore): FileStore {
  return {
    location: store.location,
    ...(store.note !== undefined && { note: store.note }),
    readRecord: async (key) => (await store.readRecord(key)) ?? base.readRecord(key),
    writeRecord: (key, model, record) => store.writeRecord(key, model, record),
    find: async (model, expected) => (await store.find(model, expected)) ?? base.find(model, expected),
    reserve: (model, name, signal) => store.reserve(model, name, signal),
    remove: (model) => store.remove(model),
  };
}
