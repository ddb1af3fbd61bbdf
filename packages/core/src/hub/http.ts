import { AsrError } from '../errors.js';
import { joinBytes } from '../join-arrays.js';
import { iterate } from './streams.js';

/** When a request is tried again. All times are seconds. */
export interface RetryPolicy {
  /** Attempts in a row that bring nothing new before giving up. */
  readonly attempts: number;
  /** Wait after the first failure; doubled after each further one. */
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** A server that asks for a longer wait (`Retry-After`) has said no. */
  readonly longestRetryAfter: number;
  /** A connection that brings no byte for so long is given up. */
  readonly stallTimeout: number;
}

/** Six attempts take about 15 s: a server's restart, not an outage. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attempts: 6,
  firstDelay: 0.5,
  longestDelay: 20,
  longestRetryAfter: 120,
  stallTimeout: 60,
};

/** How requests are made. */
export interface HttpContext {
  readonly fetch: typeof globalThis.fetch;
  readonly retry: RetryPolicy;
}

/** One request. */
export interface HttpRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers, not failures. Default 200. */
  readonly accept?: readonly number[];
  /** Turns a refusal (4xx) into the error that says what to do. */
  readonly explain: (response: Response) => AsrError;
  readonly signal?: AbortSignal;
}

/** A failure that may pass: a cut connection, a busy server. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  /** Seconds that the server asked to wait. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfter?: number } = {}) {
    super(message, { cause: options.cause });
    this.retryAfter = options.retryAfter;
  }
}

/**
 * Makes one request and hands its response to `read`. The connection is closed when `read` has settled, and when nothing
 * arrives for too long; `read` calls `alive` for every byte that does.
 *
 * @throws TransferError for what may pass; what `explain` says; `signal.reason`.
 */
export async function requestOnce<T>(
  context: HttpContext,
  request: HttpRequest,
  read: (response: Response, alive: () => void) => Promise<T>,
): Promise<T> {
  const { signal } = request;
  signal?.throwIfAborted();
  const connection = new AbortController();
  const stop = (): void => connection.abort(signal?.reason);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    const { stallTimeout } = context.retry;
    timer = setTimeout(
      () => connection.abort(new TransferError(`nothing arrived for ${stallTimeout} s`)),
      stallTimeout * 1000,
    );
  };
  signal?.addEventListener('abort', stop, { once: true });
  alive();
  try {
    // Compressed transfers can't be continued, and their length says nothing.
    const headers = { 'Accept-Encoding': 'identity', ...request.headers };
    const sent = context.fetch(request.url, { headers, signal: connection.signal });
    const response = await sent.catch((cause: unknown) => {
      throw new TransferError(reasonOf(cause), { cause });
    });
    if (!(request.accept ?? [200]).includes(response.status)) throw refusal(request, response);
    return await read(response, alive);
  } catch (error) {
    signal?.throwIfAborted();
    const stalled: unknown = connection.signal.reason;
    throw stalled instanceof TransferError ? stalled : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    connection.abort();
  }
}

/** Repeats a task while it fails with {@link TransferError}. */
export async function withRetries<T>(
  context: HttpContext,
  what: string,
  signal: AbortSignal | undefined,
  task: () => Promise<T>,
  /** Whether the failed attempt brought something, so that counting starts anew. */
  progressed: () => boolean = () => false,
): Promise<T> {
  const { attempts, longestRetryAfter } = context.retry;
  for (let failures = 1; ; failures++) {
    try {
      return await task();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      if (progressed()) failures = 1;
      const wait = error.retryAfter ?? backoff(context.retry, failures);
      if (failures >= attempts || wait > longestRetryAfter) {
        const advice =
          wait > longestRetryAfter
            ? `the server asks to wait ${Math.round(wait)} s`
            : `tried ${failures} times`;
        throw new AsrError('DOWNLOAD_FAILED', `${what}: ${error.message} (${advice}). Try again later.`, {
          cause: error,
        });
      }
      await sleep(wait, signal);
    }
  }
}

/** Fetches a small JSON document, with the response for its headers. */
export async function fetchJson(
  context: HttpContext,
  request: HttpRequest,
): Promise<{ readonly value: unknown; readonly headers: Headers }> {
  const what = publicUrl(request.url);
  return withRetries(context, what, request.signal, () =>
    requestOnce(context, request, async (response, alive) => {
      const text = new TextDecoder().decode(await readSmall(response, what, alive));
      try {
        return { value: JSON.parse(text) as unknown, headers: response.headers };
      } catch (cause) {
        throw new AsrError(
          'DOWNLOAD_FAILED',
          `${what} answered with something that is no JSON (${JSON.stringify(text.slice(0, 60))}); is this the right address?`,
          { cause },
        );
      }
    }),
  );
}

/** An address without credentials and signatures, for messages. */
export function publicUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Waits, unless aborted. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      // eslint-disable-next-line prefer-promise-reject-errors -- the caller's own reason
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

const LARGEST_JSON = 64 * 2 ** 20;

async function readSmall(response: Response, what: string, alive: () => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readChunks(response)) {
    alive();
    chunks.push(chunk);
    size += chunk.length;
    if (size > LARGEST_JSON)
      throw new AsrError('DOWNLOAD_FAILED', `${what} is too long for a listing of files.`);
  }
  return joinBytes(chunks);
}

/** The chunks of a body; a connection that fails is a {@link TransferError}. */
export async function* readChunks(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
  if (!response.body) return;
  const chunks = iterate(response.body as ReadableStream<Uint8Array>);
  const next = () =>
    chunks.next().catch((cause: unknown) => {
      throw new TransferError(reasonOf(cause), { cause });
    });
  for (let result = await next(); result.done !== true; result = await next()) yield result.value;
}

function refusal(request: HttpRequest, response: Response): Error {
  const { status } = response;
  const passes = status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501);
  if (!passes) return request.explain(response);
  const retryAfter = readRetryAfter(response.headers.get('retry-after'));
  return new TransferError(
    `the server answered ${statusOf(response)}`,
    retryAfter === undefined ? {} : { retryAfter },
  );
}

/** `404 Not Found`. */
export function statusOf(response: Response): string {
  return `${response.status} ${response.statusText}`.trim();
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const seconds = Number(value);
  const wait = Number.isNaN(seconds) ? (Date.parse(value) - Date.now()) / 1000 : seconds;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/** Half of the wait is random, so that many clients don't come back at once. */
function backoff({ firstDelay, longestDelay }: RetryPolicy, failures: number): number {
  return Math.min(longestDelay, firstDelay * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

/** `fetch` hides what happened in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as {
    readonly message?: string;
    readonly cause?: { readonly message?: string };
  };
  const inner = cause?.message;
  return `the connection failed (${inner ? `${message}: ${inner}` : (message ?? String(error))})`;
}
