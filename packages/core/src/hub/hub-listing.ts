import { AsrError } from '../errors.js';
import type { Transfer } from './download.js';
import type { Digest, RemoteFile } from './file-store.js';
import { checkFileName, encodePath } from './file-names.js';
import type { HubId } from './hub-id.js';
import { fetchJson, publicUrl } from './http.js';
import type { RemoteListing } from './remote-files.js';

/** A page has up to 1000 entries. */
const MOST_PAGES = 100;

/** An entry of the hub's tree API, as far as it is needed. */
interface TreeEntry {
  readonly type?: unknown;
  readonly path?: unknown;
  readonly size?: unknown;
  readonly oid?: unknown;
  readonly lfs?: { readonly oid?: unknown; readonly size?: unknown } | null;
}

/** How a hub is asked. */
export interface HubContext {
  /** Ends in a slash. */
  readonly endpoint: URL;
  readonly offline: boolean;
  readonly transfer: Transfer;
}

/**
 * Finds out which commit a hub id stands for and which files it has. A commit's listing never changes and is kept; a
 * branch costs one request, and its last known commit serves where the hub can't be reached.
 *
 * @throws AsrError `MODEL_NOT_FOUND`, `DOWNLOAD_FAILED`.
 */
export async function listHubModel(id: HubId, hub: HubContext, signal?: AbortSignal): Promise<RemoteListing> {
  const { commit, remark } = await resolveCommit(id, hub, signal);
  const repository = `${id.owner}/${id.name}`;
  const model = `${hubName(hub)}${repository}@${commit}`;
  const origin = `hub model ${repository}@${id.revision} (commit ${commit.slice(0, 10)}${remark})`;
  const key = `listing of ${model}`;
  const kept = (await hub.transfer.store.readRecord(key)) as
    { readonly files: readonly Omit<RemoteFile, 'url'>[] } | undefined;
  const files = kept?.files ?? (await fetchTree(id, commit, hub, origin, signal));
  if (!kept) await hub.transfer.store.writeRecord(key, model, { files });
  const base = new URL(`${repository}/resolve/${commit}/`, hub.endpoint).href;
  return { model, origin, files: files.map((file) => ({ ...file, url: base + encodePath(file.name) })) };
}

/** The error for a refusal by the hub, which says what to do. */
export function explainHubRefusal(id: HubId, what: string, hasToken: boolean, response: Response): AsrError {
  const name = `${id.owner}/${id.name}`;
  const code = response.headers.get('x-error-code');
  const { status } = response;
  const answer = `${publicUrl(response.url)} answered ${status}${code === null ? '' : ` (${code})`}`;
  const fail = (kind: 'MODEL_NOT_FOUND' | 'DOWNLOAD_FAILED', problem: string): AsrError =>
    new AsrError(kind, `${what}: ${problem} ${answer}.`);
  if (code === 'RevisionNotFound') {
    return fail('MODEL_NOT_FOUND', `${name} has no branch, tag or commit ${JSON.stringify(id.revision)}.`);
  }
  if (code === 'GatedRepo' || status === 403) {
    return fail(
      'DOWNLOAD_FAILED',
      `the hub gives no access to ${name}. Accept its terms on its page if it has some, and pass the token of an account ` +
        'that may read it (download.token or HF_TOKEN).',
    );
  }
  if (status === 401 && hasToken) {
    return fail('DOWNLOAD_FAILED', `the hub refuses the token, or there is no model ${name}. Check both.`);
  }
  if (status === 401 || status === 404) {
    return fail(
      'MODEL_NOT_FOUND',
      `there is no public model ${name} with this. Check the name; for a private model pass download.token or set ` +
        `HF_TOKEN; for a folder of this machine write { path: "${name}" }.`,
    );
  }
  return fail('DOWNLOAD_FAILED', 'the hub refuses.');
}

async function resolveCommit(
  id: HubId,
  hub: HubContext,
  signal: AbortSignal | undefined,
): Promise<{ readonly commit: string; readonly remark: string }> {
  if (/^[0-9a-f]{40}$/u.test(id.revision)) return { commit: id.revision, remark: '' };
  const { store } = hub.transfer;
  const name = `${id.owner}/${id.name}@${id.revision}`;
  const key = `commit of ${hubName(hub)}${name}`;
  const known = (await store.readRecord(key)) as { readonly commit: string } | undefined;
  if (hub.offline) {
    if (known) return { commit: known.commit, remark: ', offline' };
    throw notCached(name, store.location);
  }
  try {
    const url = apiUrl(id, hub, `revision/${encodeURIComponent(id.revision)}`);
    const { value } = await fetchJson(hub.transfer, request(id, url, hub, name, signal));
    const commit = (value as { readonly sha?: unknown } | null)?.sha;
    if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/u.test(commit))
      throw unexpected(url, 'no commit ("sha")');
    if (commit !== known?.commit) {
      await store.writeRecord(key, `${hubName(hub)}${id.owner}/${id.name}@${commit}`, { commit });
    }
    return { commit, remark: '' };
  } catch (error) {
    // Only when there was no answer at all: an answer that refuses is to be heeded.
    const unreachable =
      AsrError.isInstance(error) && error.cause instanceof Error && error.cause.name === 'TransferError';
    if (!known || !unreachable) throw error;
    return { commit: known.commit, remark: ', the last one known: the hub was not reached' };
  }
}

async function fetchTree(
  id: HubId,
  commit: string,
  hub: HubContext,
  origin: string,
  signal: AbortSignal | undefined,
): Promise<Omit<RemoteFile, 'url'>[]> {
  if (hub.offline) throw notCached(`${id.owner}/${id.name}@${id.revision}`, hub.transfer.store.location);
  const files: Omit<RemoteFile, 'url'>[] = [];
  let url: string | undefined = apiUrl(id, hub, `tree/${commit}?recursive=true`);
  for (let page = 0; url !== undefined; page++) {
    if (page === MOST_PAGES) throw unexpected(url, `more than ${MOST_PAGES} pages of files`);
    const { value, headers } = await fetchJson(hub.transfer, request(id, url, hub, origin, signal));
    if (!Array.isArray(value)) throw unexpected(url, 'no list of files');
    for (const entry of value as readonly TreeEntry[])
      if (entry.type === 'file') files.push(readEntry(entry, url, origin));
    url = nextPage(headers, url);
  }
  return files;
}

function readEntry(
  { path, size, oid, lfs }: TreeEntry,
  url: string,
  origin: string,
): Omit<RemoteFile, 'url'> {
  if (typeof path !== 'string') throw unexpected(url, 'a file without a path');
  checkFileName(path, origin);
  const bytes = lfs?.size ?? size;
  const digest = readDigest(lfs?.oid, 'sha256', 64) ?? (lfs ? undefined : readDigest(oid, 'git-sha1', 40));
  return {
    name: path,
    ...(typeof bytes === 'number' && { size: bytes }),
    ...(digest && { digest }),
  };
}

function readDigest(oid: unknown, algorithm: Digest['algorithm'], length: number): Digest | undefined {
  if (typeof oid !== 'string') return undefined;
  const hex = oid.replace(/^sha256:/u, '').toLowerCase();
  return hex.length === length && /^[0-9a-f]+$/u.test(hex) ? { algorithm, hex } : undefined;
}

/** The `next` of a `Link` header (RFC 8288). It must stay on the hub: the token goes along. */
function nextPage(headers: Headers, current: string): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/iu.exec(headers.get('link') ?? '')?.[1];
  if (target === undefined) return undefined;
  const next = new URL(target, current);
  if (next.origin !== new URL(current).origin) throw unexpected(current, `a next page on ${next.origin}`);
  return next.href;
}

function request(id: HubId, url: string, hub: HubContext, what: string, signal: AbortSignal | undefined) {
  const { headers } = hub.transfer;
  return {
    url,
    headers,
    explain: (response: Response) => explainHubRefusal(id, what, 'Authorization' in headers, response),
    ...(signal && { signal }),
  };
}

function apiUrl({ owner, name }: HubId, hub: HubContext, rest: string): string {
  return new URL(`api/models/${owner}/${name}/${rest}`, hub.endpoint).href;
}

/** Hubs don't share what is kept of them. */
function hubName({ endpoint }: HubContext): string {
  return endpoint.host + endpoint.pathname;
}

function notCached(name: string, location: string): AsrError {
  return new AsrError(
    'DOWNLOAD_FAILED',
    `${name} is not in the cache (${location}) and \`offline\` is set. Load it once without \`offline\`.`,
  );
}

function unexpected(url: string, found: string): AsrError {
  return new AsrError(
    'DOWNLOAD_FAILED',
    `${publicUrl(url)} does not answer as a Hugging Face hub does: found ${found}. Check the endpoint (HF_ENDPOINT).`,
  );
}
