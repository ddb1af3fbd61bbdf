import { AsrError } from '../errors.js';
import type { LoadProgress } from '../speech-model.js';
import { archiveKind } from './archive/archive-events.js';
import type { ArchiveLimits } from './archive/archive-events.js';
import type { Decompress } from './archive/unpack.js';
import type { Transfer } from './download.js';
import type { FileStore } from './file-store.js';
import { DEFAULT_RETRY_POLICY } from './http.js';
import type { RetryPolicy } from './http.js';
import { parseHubId } from './hub-id.js';
import type { ModelFiles, PackagedModel } from './model-files.js';
import { remoteFiles } from './remote-files.js';
import { listAddresses, refusedAddress } from './address-listing.js';

/** What {@link openRemoteModel} needs besides the source. */
export interface RemoteOptions {
  /** Where fetched files are kept. */
  readonly store: FileStore;
  /** Default `https://huggingface.co`. */
  readonly endpoint?: string;
  /** For private and gated models of the hub; not sent anywhere else. */
  readonly token?: string;
  /** Asks no server. Default false. */
  readonly offline?: boolean;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: six attempts within about 15 s. */
  readonly retry?: Partial<RetryPolicy>;
  /** Undoes bzip2, for archives packed with it. */
  readonly bunzip2?: Decompress;
  /** What an archive may unpack to. Default: 10,000 files, 32 GiB, and 100 times its size. */
  readonly archiveLimits?: ArchiveLimits;
  /** Told how many bytes of which file have come. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborts listing and fetching; what has come is kept for the next time. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a model that lies on a server: a hub id (`owner/name`, `owner/name@revision`), the address of a folder that has
 * an `export.json` or of an archive (`.tar`, `.tar.gz`, `.tar.bz2`, `.zip`), or addresses of single files. Only the list
 * of files is fetched; every file follows when it is opened first, and is verified. Archives are fetched as a whole.
 *
 * @throws AsrError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `DOWNLOAD_FAILED`; `signal.reason` when aborted.
 */
export async function openRemoteModel(
  source: string | URL | PackagedModel,
  options: RemoteOptions,
): Promise<ModelFiles> {
  const { signal, offline = false } = options;
  signal?.throwIfAborted();
  const plain: Transfer = {
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    retry: { ...DEFAULT_RETRY_POLICY, ...options.retry },
    store: options.store,
    headers: {},
    explain: (file, response) => refusedAddress(file.name, response),
    ...(options.onProgress && { onProgress: options.onProgress }),
  };
  if (typeof source === 'string') {
    const id = parseHubId(source);
    // Imported here, as the others below: a page with a packaged model needs none of them.
    const { explainHubRefusal, listHubModel } = await import('./hub-listing.js');
    const hasToken = options.token !== undefined && options.token !== '';
    const transfer: Transfer = {
      ...plain,
      headers: hasToken ? { Authorization: `Bearer ${options.token}` } : {},
      explain: (file, response) => explainHubRefusal(id, file.name, hasToken, response),
    };
    const hub = { endpoint: readEndpoint(options.endpoint), offline, transfer };
    return remoteFiles(await listHubModel(id, hub, signal), transfer, offline);
  }
  const kind = source instanceof URL ? archiveKind(source) : undefined;
  if (source instanceof URL && kind) {
    const { openArchive } = await import('./archive/archive-model.js');
    return openArchive(source, {
      kind,
      transfer: plain,
      offline,
      ...(options.bunzip2 && { bunzip2: options.bunzip2 }),
      ...(options.archiveLimits && { limits: options.archiveLimits }),
      ...(signal && { signal }),
    });
  }
  if (source instanceof URL) {
    const { listUrlFolder } = await import('./url-listing.js');
    return remoteFiles(await listUrlFolder(source, plain, offline, signal), plain, offline);
  }
  return remoteFiles(listAddresses(source), plain, offline);
}

function readEndpoint(text = 'https://huggingface.co'): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `the hub's endpoint must be an http(s) address, got ${JSON.stringify(text)} (HF_ENDPOINT or download.endpoint).`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
