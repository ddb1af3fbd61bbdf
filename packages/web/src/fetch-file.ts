import { AsrError, joinBytes } from '@org/asr-core';
import type { LoadProgress, OpenModelOptions } from '@org/asr-core';

/**
 * A file of a model from an address.
 *
 * @throws AsrError `DOWNLOAD_FAILED`; `signal.reason` when aborted.
 */
export async function fetchFile(
  name: string,
  url: URL,
  signal?: AbortSignal,
  onProgress?: OpenModelOptions['onProgress'],
): Promise<Uint8Array> {
  try {
    return await fetchOnce(name, url, 'default', signal, onProgress);
  } catch (error) {
    if (!(error instanceof BrokenBodyError)) throw error;
    // A connection ended, or Chromium's cache could not serve two readers of one large file: once more, past the cache.
    return await fetchOnce(name, url, 'no-store', signal, onProgress);
  }
}

async function fetchOnce(
  name: string,
  url: URL,
  cache: RequestCache,
  signal: AbortSignal | undefined,
  onProgress: OpenModelOptions['onProgress'],
): Promise<Uint8Array> {
  const response = await fetchOk(url, name, signal, cache);
  if (/\btext\/html\b/.test(response.headers.get('content-type') ?? '')) {
    throw new AsrError(
      'DOWNLOAD_FAILED',
      `${name}: ${url.href} answered with a web page instead of the file; servers do that for addresses they ` +
        "don't know. Check that the file was deployed",
    );
  }
  return readBody(response, name, signal, onProgress);
}

/** The answer was right and ended early. */
class BrokenBodyError extends AsrError {}

/**
 * Fetches an address and insists on success.
 *
 * @param what Named in the error.
 * @param cache How the browser's cache is used; see `fetch`.
 * @throws AsrError `DOWNLOAD_FAILED`; `signal.reason` when aborted.
 */
export async function fetchOk(
  url: URL,
  what: string,
  signal?: AbortSignal,
  cache: RequestCache = 'default',
): Promise<Response> {
  signal?.throwIfAborted();
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null, cache });
  } catch (cause) {
    signal?.throwIfAborted();
    throw failed(
      what,
      url.href,
      `could not be fetched (offline, or refused by CORS or a security policy)`,
      cause,
    );
  }
  if (!response.ok) throw failed(what, url.href, `answered ${response.status} ${response.statusText}`.trim());
  return response;
}

/** Reads a body, chunk by chunk where someone wants to hear of the progress. */
export async function readBody(
  response: Response,
  what: string,
  signal?: AbortSignal,
  onProgress?: (progress: LoadProgress) => void,
): Promise<Uint8Array> {
  try {
    if (!onProgress || !response.body) return new Uint8Array(await response.arrayBuffer());
    return await readChunks(response, response.body, (loaded, total) =>
      onProgress({ type: 'download', file: what, loaded, total }),
    );
  } catch (cause) {
    signal?.throwIfAborted();
    if (AsrError.isInstance(cause)) throw cause;
    const message = `${what}: ${response.url} broke off while it was read`;
    throw new BrokenBodyError('DOWNLOAD_FAILED', message, { cause });
  }
}

async function readChunks(
  response: Response,
  body: ReadableStream<Uint8Array>,
  report: (loaded: number, total: number | undefined) => void,
): Promise<Uint8Array> {
  const total = contentLength(response);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  const reader = body.getReader();
  report(0, total);
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    loaded += next.value.length;
    report(loaded, total);
  }
  return joinBytes(chunks);
}

/** Size of the body as it will be read; unknown for compressed transfers, whose header counts compressed bytes. */
function contentLength(response: Response): number | undefined {
  const length = response.headers.get('content-length');
  const encoded = (response.headers.get('content-encoding') ?? 'identity') !== 'identity';
  return length === null || encoded ? undefined : Number(length);
}

function failed(what: string, url: string, problem: string, cause?: unknown): AsrError {
  return new AsrError('DOWNLOAD_FAILED', `${what}: ${url} ${problem}`, { cause });
}
