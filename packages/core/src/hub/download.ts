import { AsrError } from '../errors.js';
import type { LoadProgress } from '../speech-model.js';
import type { FileStore, RemoteFile, Reservation, StoredFile } from './file-store.js';
import { publicUrl, readChunks, requestOnce, TransferError, withRetries } from './http.js';
import type { HttpContext } from './http.js';

/** What every download of a model shares. */
export interface Transfer extends HttpContext {
  readonly store: FileStore;
  /** Sent with every request of the model; `fetch` itself takes `Authorization` away when it is redirected elsewhere. */
  readonly headers: Readonly<Record<string, string>>;
  /** Turns a refusal (4xx) of one file into the error that says what to do. */
  readonly explain: (file: RemoteFile, response: Response) => AsrError;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** An attempt that brought this much is no failure in a row; a slow line of many cuts gets there in the end. */
const ENOUGH_PROGRESS = 2 ** 20;
/** Seconds between two reports of progress. */
const REPORT_INTERVAL = 0.1;

/**
 * Fetches a file into the store, going on where an earlier attempt (of this process or another) stopped, and verifies
 * it. Other processes that want the same file wait and find it there.
 *
 * @throws AsrError `DOWNLOAD_FAILED` when attempts are used up or the file is not what it has to be; what `explain`
 * says; `signal.reason`.
 */
export async function downloadFile(
  model: string,
  file: RemoteFile,
  transfer: Transfer,
  signal?: AbortSignal,
): Promise<StoredFile> {
  const reservation = await transfer.store.reserve(model, file.name, signal, file.size);
  try {
    const present = await transfer.store.find(model, file);
    if (present) return present;
    const report = reporter(file, transfer);
    let before = reservation.size;
    let mismatches = 0;
    const attempt = async (): Promise<StoredFile> => {
      before = reservation.size;
      const expected = await receive(file, reservation, transfer, report, signal);
      const stored = await reservation.finish({ ...file, ...expected });
      if (stored) return stored;
      // Once can be an old part that was continued, or a proxy's mistake; twice is the server's file.
      if (++mismatches > 1) throw mismatch(file);
      throw new TransferError('what arrived has the wrong checksum');
    };
    return await withRetries(
      transfer,
      `${file.name} from ${publicUrl(file.url)}`,
      signal,
      attempt,
      () => reservation.size - before >= ENOUGH_PROGRESS,
    );
  } finally {
    await reservation.release();
  }
}

/**
 * Whether a file changed on the server since it was kept.
 *
 * @returns the server's validator for the new version; undefined when there is no change, or no way to tell, as when the
 *   server can't be reached.
 */
export async function findNewerVersion(
  file: RemoteFile,
  kept: Pick<StoredFile, 'validator'>,
  transfer: Transfer,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { validator } = kept;
  if (validator === undefined) return undefined;
  const condition = isEntityTag(validator) ? 'If-None-Match' : 'If-Modified-Since';
  const request = {
    url: file.url,
    headers: { ...transfer.headers, [condition]: validator },
    accept: [200, 304],
    explain: (response: Response) => transfer.explain(file, response),
    ...(signal && { signal }),
  };
  try {
    return await requestOnce(transfer, request, async (response) => {
      const current = response.status === 304 ? validator : validatorOf(response);
      return current === validator ? undefined : current;
    });
  } catch (error) {
    // What was verified once still serves where no answer comes, without the wait of further attempts.
    if (error instanceof TransferError) return undefined;
    throw error;
  }
}

/** One request for what is missing. Returns what the server said about the whole. */
async function receive(
  file: RemoteFile,
  reservation: Reservation,
  transfer: Transfer,
  report: (loaded: number, total: number | undefined, last?: boolean) => void,
  signal: AbortSignal | undefined,
): Promise<{ readonly size?: number; readonly validator?: string }> {
  const { size: wanted, digest } = file;
  // A part can be continued when the server can say that it still has that version, or a checksum will tell.
  const canContinue = reservation.validator !== undefined || digest !== undefined;
  if (reservation.size > 0 && (!canContinue || (wanted !== undefined && reservation.size > wanted))) {
    await reservation.restart(undefined);
  }
  if (wanted !== undefined && wanted > 0 && reservation.size === wanted) return validators(reservation);
  const start = reservation.size;
  const request = {
    url: file.url,
    headers: { ...transfer.headers, ...rangeHeaders(reservation) },
    accept: start > 0 ? [200, 206, 416] : [200],
    explain: (response: Response) => transfer.explain(file, response),
    ...(signal && { signal }),
  };
  return requestOnce(transfer, request, async (response, alive) => {
    if (response.status === 416) return endsHere(response, reservation);
    refuseWebPage(file, response);
    const total = await positionFor(response, reservation, digest !== undefined);
    if (wanted !== undefined && total !== undefined && total !== wanted) {
      await reservation.restart(undefined);
      throw new TransferError(`the server sends ${total} bytes, expected ${wanted}`);
    }
    const end = wanted ?? total;
    report(reservation.size, end);
    for await (const chunk of readChunks(response)) {
      alive();
      if (end !== undefined && reservation.size + chunk.length > end) {
        await reservation.restart(undefined);
        throw new TransferError(`the server sends more than the expected ${end} bytes`);
      }
      await reservation.append(chunk);
      signal?.throwIfAborted();
      report(reservation.size, end);
    }
    if (end !== undefined && reservation.size < end) {
      throw new TransferError(`the connection ended after ${reservation.size} of ${end} bytes`);
    }
    report(reservation.size, end ?? reservation.size, true);
    return { size: reservation.size, ...validators(reservation) };
  });
}

/** Makes the reservation stand where the body begins. Returns the size of the whole file, where the server says it. */
async function positionFor(
  response: Response,
  reservation: Reservation,
  isVerified: boolean,
): Promise<number | undefined> {
  const validator = validatorOf(response);
  if (response.status === 200) {
    await reservation.restart(validator);
    return bodyLength(response);
  }
  const stated = response.headers.get('content-range');
  // Servers of other origins often don't let pages read this header; a checksum tells as well where the part belongs.
  if (stated === null && isVerified) return undefined;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/u.exec(stated ?? '');
  const known = reservation.validator;
  const changed = validator !== undefined && known !== undefined && validator !== known;
  if (!range || Number(range[1]) !== reservation.size || changed) {
    await reservation.restart(undefined);
    throw new TransferError(
      changed ? 'the file changed on the server meanwhile' : 'the server continues at the wrong byte',
    );
  }
  return range[2] === '*' ? undefined : Number(range[2]);
}

/** 416: there is nothing behind what we have, because it is all, or because the file became shorter. */
async function endsHere(
  response: Response,
  reservation: Reservation,
): Promise<{ readonly size?: number; readonly validator?: string }> {
  const total = /^bytes \*\/(\d+)$/u.exec(response.headers.get('content-range') ?? '')?.[1];
  const validator = validatorOf(response);
  const same =
    validator === undefined || reservation.validator === undefined || validator === reservation.validator;
  if (total !== undefined && Number(total) === reservation.size && same) return validators(reservation);
  await reservation.restart(undefined);
  throw new TransferError('the server has no such part of the file');
}

function rangeHeaders({ size, validator }: Reservation): Record<string, string> {
  if (size === 0) return {};
  const range = `bytes=${size}-`;
  return validator === undefined ? { Range: range } : { Range: range, 'If-Range': validator };
}

function validators({ validator }: Reservation): { readonly validator?: string } {
  return validator === undefined ? {} : { validator };
}

/** What tells versions apart: a strong ETag, else the date of the last change. */
function validatorOf({ headers }: Response): string | undefined {
  const tag = headers.get('etag');
  if (tag !== null && isEntityTag(tag)) return tag;
  return headers.get('last-modified') ?? undefined;
}

function isEntityTag(text: string): boolean {
  return text.startsWith('"');
}

function bodyLength({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  const encoded = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  return length === null || encoded ? undefined : Number(length);
}

/** Servers of single-page apps answer unknown addresses with their start page. */
function refuseWebPage(file: RemoteFile, response: Response): void {
  if (file.digest || file.name.endsWith('.html')) return;
  if (!/\btext\/html\b/u.test(response.headers.get('content-type') ?? '')) return;
  throw new AsrError(
    'DOWNLOAD_FAILED',
    `${file.name}: ${publicUrl(file.url)} answered with a web page instead of the file. Check the address.`,
  );
}

function mismatch({ name, url, digest, size }: RemoteFile): AsrError {
  const expected = digest ? `${digest.algorithm} ${digest.hex}` : `${size} bytes`;
  return new AsrError(
    'DOWNLOAD_FAILED',
    `${name} from ${publicUrl(url)} is not the file it should be, twice: expected ${expected}. It may have been changed ` +
      'on the way, or the listing is wrong; nothing of it was kept.',
  );
}

function reporter(
  { name }: RemoteFile,
  { onProgress }: Transfer,
): (loaded: number, total: number | undefined, last?: boolean) => void {
  let next = 0;
  return (loaded, total, last = false) => {
    const now = Date.now();
    if (!onProgress || (now < next && !last)) return;
    next = now + REPORT_INTERVAL * 1000;
    onProgress({ type: 'download', file: name, loaded, total });
  };
}
