import { AsrError } from '@org/asr-core';

/** What is kept beside a complete file: how to recognise it, and where its content is. */
export interface FileFacts extends Content {
  readonly model: string;
  readonly name: string;
  readonly size: number;
  readonly sha256?: string;
  readonly 'git-sha1'?: string;
  readonly validator?: string;
}

/** What has arrived of an unfinished file. */
export interface PartFacts extends Content {
  readonly model: string;
  readonly validator?: string;
}

/** Content in segments: entries of a cache can't be appended to, but many small ones can be added. */
export interface Content {
  /** Names the segments; every version of a file has its own. */
  readonly generation: string;
  /** Bytes of each segment. */
  readonly segments: readonly number[];
}

/**
 * Entries of the site's cache need addresses; these lead nowhere.
 *
 * ```
 * records/<key>                 listings and commits
 * files/<model>/<name>          facts of complete, verified files
 * parts/<model>/<name>          what has arrived of unfinished ones
 * segments/<generation>/<i>     the content of both
 * ```
 */
const BASE = 'https://asr-models.invalid/';

/** Parts of names may be anything. */
function address(kind: string, ...parts: readonly string[]): string {
  return BASE + [kind, ...parts.map(encodeURIComponent)].join('/');
}

export const recordAddress = (key: string): string => address('records', key);
export const factsAddress = (model: string, name: string): string => address('files', model, name);
export const partAddress = (model: string, name: string): string => address('parts', model, name);
export const segmentAddress = ({ generation }: Content, i: number): string =>
  address('segments', generation, String(i));

/** Addresses of all entries of a kind. */
export async function addressesOf(cache: Cache, kind: string): Promise<readonly string[]> {
  const requests = await cache.keys();
  return requests.map(({ url }) => url).filter((url) => url.startsWith(`${BASE}${kind}/`));
}

export async function readJson<T>(cache: Cache, url: string): Promise<T | undefined> {
  const response = await cache.match(url);
  return response && ((await response.json()) as T);
}

export function writeJson(cache: Cache, url: string, value: unknown): Promise<void> {
  return cache.put(url, Response.json(value));
}

/** Frees the content of a file. */
export async function removeContent(cache: Cache, content: Content): Promise<void> {
  await Promise.all(content.segments.map((_, i) => cache.delete(segmentAddress(content, i))));
}

/**
 * Runs what writes to the cache, and says what to do when the browser gives no room.
 *
 * @param needed Bytes that are still to come, where that is known.
 */
export async function writing<T>(
  name: string,
  needed: number | undefined,
  task: () => Promise<T>,
): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'QuotaExceededError') throw cause;
    throw noRoom(name, needed, await freeBytes(), cause);
  }
}

/** Bytes that the browser would still give this site; undefined when it doesn't tell. */
export async function freeBytes(): Promise<number | undefined> {
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined || usage === undefined ? undefined : Math.max(0, quota - usage);
}

/** The error for a file that there is no room for. */
export function noRoom(
  name: string,
  needed: number | undefined,
  available: number | undefined,
  cause?: unknown,
): AsrError {
  const facts = [
    ...(needed === undefined ? [] : [`${megabytes(needed)} needed`]),
    // Chromium estimates generously, to hide the size of the disk; what a failed write disproves is not told.
    ...(available === undefined || available >= (needed ?? 0)
      ? []
      : [`${megabytes(available)} available to this site`]),
  ];
  return new AsrError(
    'DOWNLOAD_FAILED',
    `${name} has no room in the browser's storage (${facts.join(', ') || 'its quota is used up'}). Remove models with ` +
      'removeCachedModel(), free space on the disk, or load with download: { cache: false } to keep it in memory.',
    { cause },
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
