import { AsrError } from '../errors.js';
import { downloadFile, findNewerVersion } from './download.js';
import type { Transfer } from './download.js';
import { isHidden } from './file-names.js';
import type { RemoteFile } from './file-store.js';
import { missingFile } from './missing-file.js';
import type { ModelFile, ModelFiles } from './model-files.js';

/** The files of a model on a server. */
export interface RemoteListing {
  /** Names the model in the store. */
  readonly model: string;
  readonly origin: string;
  readonly files: readonly RemoteFile[];
}

/** The files of a listing; each is fetched when it is opened first. Files of tools (`.gitattributes`) are left out. */
export function remoteFiles(listing: RemoteListing, transfer: Transfer, offline: boolean): ModelFiles {
  const { store } = transfer;
  const files = new Map(listing.files.filter(({ name }) => !isHidden(name)).map((file) => [file.name, file]));
  const names = [...files.keys()].toSorted();
  const origin = store.note === undefined ? listing.origin : `${listing.origin} (${store.note})`;
  const sizes = new Map(
    [...files].flatMap(([name, { size }]) => (size === undefined ? [] : [[name, size] as const])),
  );
  const open = new Map<string, Promise<ModelFile>>();

  const fetchFile = async (file: RemoteFile, signal: AbortSignal | undefined): Promise<ModelFile> => {
    const kept = await store.find(listing.model, file);
    if (kept && (offline || file.digest)) return kept;
    if (offline) {
      throw new AsrError(
        'DOWNLOAD_FAILED',
        `${origin}: ${file.name} is not in the cache (${store.location}) and \`offline\` is set. Load the model once ` +
          'without `offline`.',
      );
    }
    const newer = kept && (await findNewerVersion(file, kept, transfer, signal));
    if (kept && newer === undefined) return kept;
    return downloadFile(
      listing.model,
      newer === undefined ? file : { ...file, validator: newer },
      transfer,
      signal,
    );
  };

  return {
    origin,
    sizes,
    list: () => Promise.resolve(names),
    async isLocal(name) {
      const file = files.get(name);
      return file !== undefined && (await store.find(listing.model, file)) !== undefined;
    },
    async open(name, signal) {
      signal?.throwIfAborted();
      const file = files.get(name);
      if (!file) throw missingFile(name, origin, names);
      // One after the other for one name: who comes second finds the file, or tries again if the first was aborted.
      const before = open.get(name)?.catch(() => undefined);
      const opening = (async () => (await orAborted(before, signal)) ?? fetchFile(file, signal))();
      open.set(name, opening);
      return opening;
    },
  };
}

/** Waits for a promise that never rejects, but no longer than the signal allows. */
async function orAborted<T>(
  promise: Promise<T> | undefined,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  if (!promise || !signal) return promise;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    // eslint-disable-next-line prefer-promise-reject-errors -- the caller's own reason
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
