import { AsrError } from '../errors.js';
import type { Transfer } from './download.js';
import { refusedAddress } from './address-listing.js';
import { checkFileName, encodePath } from './file-names.js';
import type { Digest, RemoteFile } from './file-store.js';
import { fetchJson, publicUrl, statusOf } from './http.js';
import type { RemoteListing } from './remote-files.js';

/** What the exporters of this project write beside a model. */
const MANIFEST = 'export.json';

/**
 * The files of a folder on a web server, from the `export.json` in it: `{ "files": { "<name>": { "bytes", "sha256" } } }`
 * as the exporters write it, or a plain list of names, `{ "files": ["config.json", …] }`.
 *
 * @param url The folder; a query (a signature) is sent with every request.
 * @throws AsrError `MODEL_NOT_FOUND` when there is no manifest; `MODEL_INVALID` when it is damaged; `DOWNLOAD_FAILED`.
 */
export async function listUrlFolder(
  url: URL,
  transfer: Transfer,
  offline: boolean,
  signal?: AbortSignal,
): Promise<RemoteListing> {
  const folder = new URL(url);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  folder.hash = '';
  const model = publicUrl(folder.href);
  const key = `listing of ${model}`;
  const manifestUrl = fileUrl(folder, MANIFEST);
  let manifest = offline ? await transfer.store.readRecord(key) : undefined;
  if (offline && manifest === undefined) {
    throw new AsrError(
      'DOWNLOAD_FAILED',
      `${model} is not in the cache (${transfer.store.location}) and \`offline\` is set. Load it once without \`offline\`.`,
    );
  }
  if (manifest === undefined) {
    const { value } = await fetchJson(transfer, {
      url: manifestUrl,
      headers: { ...transfer.headers, 'Cache-Control': 'no-cache' },
      explain: (response) => explainManifest(model, response),
      ...(signal && { signal }),
    });
    manifest = value;
  }
  const files = readManifest(manifest, model).map((file) => ({ ...file, url: fileUrl(folder, file.name) }));
  if (!offline) await transfer.store.writeRecord(key, model, manifest);
  return { model, origin: `model at ${model}`, files };
}

function readManifest(manifest: unknown, model: string): Omit<RemoteFile, 'url'>[] {
  const origin = `${MANIFEST} of ${model}`;
  const files = (manifest as { readonly files?: unknown } | null)?.files;
  if (Array.isArray(files) && files.every((name): name is string => typeof name === 'string')) {
    for (const name of files) checkFileName(name, origin);
    return files.map((name) => ({ name }));
  }
  if (typeof files !== 'object' || files === null || Array.isArray(files)) {
    throw new AsrError(
      'MODEL_INVALID',
      `${origin} has no "files": expected { "files": { "<name>": { "bytes": …, "sha256": "…" } } } or a list of names.`,
    );
  }
  return Object.entries(files as Record<string, unknown>).map(([name, facts]) => {
    checkFileName(name, origin);
    const { bytes, sha256 } = (facts ?? {}) as { readonly bytes?: unknown; readonly sha256?: unknown };
    const isSize = typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0;
    if ((bytes !== undefined && !isSize) || (sha256 !== undefined && !isSha256(sha256))) {
      throw new AsrError(
        'MODEL_INVALID',
        `${origin}: "bytes" of ${name} must be a whole number and "sha256" 64 hexadecimal digits.`,
      );
    }
    const digest: Digest | undefined = isSha256(sha256)
      ? { algorithm: 'sha256', hex: sha256.toLowerCase() }
      : undefined;
    return { name, ...(isSize && { size: bytes }), ...(digest && { digest }) };
  });
}

function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/iu.test(value);
}

function fileUrl(folder: URL, name: string): string {
  const url = new URL(encodePath(name), folder);
  url.search = folder.search;
  return url.href;
}

function explainManifest(model: string, response: Response): AsrError {
  if (response.status === 404 || response.status === 410) {
    return new AsrError(
      'MODEL_NOT_FOUND',
      `there is no ${MANIFEST} at ${model} (${statusOf(response)}), and a server can't be asked which files it has. ` +
        'Put one there, or pass the addresses: { name, urls: { "config.json": new URL(…), … } }.',
    );
  }
  return refusedAddress(MANIFEST, response);
}
