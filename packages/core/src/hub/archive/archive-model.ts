import { AsrError } from '../../errors.js';
import { downloadFile, findNewerVersion } from '../download.js';
import { commonFolder } from '../file-names.js';
import type { Transfer } from '../download.js';
import type { RemoteFile } from '../file-store.js';
import { publicUrl } from '../http.js';
import { missingFile } from '../missing-file.js';
import type { ModelFiles } from '../model-files.js';
import type { ArchiveKind, ArchiveLimits } from './archive-events.js';
import { unpackArchive } from './unpack.js';
import type { Decompress } from './unpack.js';

export interface ArchiveOptions {
  readonly kind: ArchiveKind;
  readonly transfer: Transfer;
  readonly offline: boolean;
  readonly bunzip2?: Decompress;
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
}

/** What is noted when an archive was unpacked. */
interface Unpacked {
  readonly files: readonly { readonly name: string; readonly size: number }[];
  readonly validator?: string;
}

/** Not a name that an archive can hold a file under: it would be hidden. */
const TURN = '.unpacking';

/**
 * Fetches an archive, unpacks it into the store and opens what it holds; a folder that everything lies in is not part of
 * the names. The archive itself is not kept. Later calls ask the server only whether it changed.
 *
 * @throws AsrError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `DOWNLOAD_FAILED`, `OPTION_UNSUPPORTED`; `signal.reason`.
 */
export async function openArchive(url: URL, options: ArchiveOptions): Promise<ModelFiles> {
  const { transfer, offline, signal } = options;
  const model = publicUrl(url.href);
  const archive: RemoteFile = { name: model.slice(model.lastIndexOf('/') + 1), url: url.href };
  const kept = await findUnpacked(model, transfer);
  if (offline && !kept) {
    throw new AsrError(
      'DOWNLOAD_FAILED',
      `${model} is not in the cache (${transfer.store.location}) and \`offline\` is set. Load it once without \`offline\`.`,
    );
  }
  const isCurrent = kept && (offline || !(await findNewerVersion(archive, kept, transfer, signal)));
  return unpackedFiles(
    model,
    isCurrent ? kept : await fetchAndUnpack(model, archive, kept, options),
    transfer,
  );
}

/** The record of a model whose files are all there. */
async function findUnpacked(model: string, { store }: Transfer): Promise<Unpacked | undefined> {
  const record = (await store.readRecord(`unpacked ${model}`)) as Unpacked | undefined;
  for (const file of record?.files ?? []) if (!(await store.find(model, file))) return undefined;
  return record;
}

async function fetchAndUnpack(
  model: string,
  archive: RemoteFile,
  outdated: Unpacked | undefined,
  { transfer, kind, bunzip2, limits, signal }: ArchiveOptions,
): Promise<Unpacked> {
  const { store } = transfer;
  // One process fetches and unpacks; the others wait and find it done.
  const turn = await store.reserve(model, TURN, signal);
  try {
    const done = await findUnpacked(model, transfer);
    if (done && (!outdated || done.validator !== outdated.validator)) return done;
    const place = `${model}#archive`;
    const present = await store.find(place, archive);
    const newer = present && (await findNewerVersion(archive, present, transfer, signal));
    const version = newer === undefined ? archive : { ...archive, validator: newer };
    const file = await downloadFile(place, version, transfer, signal);
    try {
      const files = await unpackArchive(file, store, model, {
        kind,
        origin: `archive ${model}`,
        ...(bunzip2 && { bunzip2 }),
        ...(limits && { limits }),
        ...(signal && { signal }),
      });
      const unpacked = { files, ...(file.validator !== undefined && { validator: file.validator }) };
      await store.writeRecord(`unpacked ${model}`, model, unpacked);
      await store.remove(place);
      return unpacked;
    } catch (error) {
      // Unless the caller stopped, it is the archive's fault: another attempt has to fetch it anew, and what came out
      // of it is not to be trusted.
      if (!signal?.aborted) for (const one of [place, model]) await store.remove(one);
      throw error;
    }
  } finally {
    await turn.release();
  }
}

function unpackedFiles(model: string, { files }: Unpacked, { store }: Transfer): ModelFiles {
  const prefix = commonFolder(files.map(({ name }) => name));
  const byName = new Map(files.map((file) => [file.name.slice(prefix.length), file]));
  const names = [...byName.keys()].toSorted();
  const origin = `archive ${model}${store.note === undefined ? '' : ` (${store.note})`}`;
  return {
    origin,
    sizes: new Map(names.map((name) => [name, byName.get(name)!.size])),
    list: () => Promise.resolve(names),
    async open(name, signal) {
      signal?.throwIfAborted();
      const file = byName.get(name);
      if (!file) throw missingFile(name, origin, names);
      const stored = await store.find(model, file);
      if (stored) return { ...stored, name };
      throw new AsrError(
        'MODEL_NOT_FOUND',
        `${origin}: ${name} was removed from the cache; load the model again.`,
      );
    },
  };
}
