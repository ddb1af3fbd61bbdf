import { AsrError } from '../../errors.js';
import { checkFileName, isHidden } from '../file-names.js';
import type { FileStore, Reservation, StoredFile } from '../file-store.js';
import { tap } from '../streams.js';
import { DEFAULT_LIMITS } from './archive-events.js';
import type { ArchiveEvent, ArchiveKind, ArchiveLimits } from './archive-events.js';
import { tarEvents } from './tar-events.js';
import { zipEvents } from './zip-events.js';

/** Undoes one compression. */
export type Decompress = (input: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;

export interface UnpackOptions {
  readonly kind: ArchiveKind;
  /** For messages. */
  readonly origin: string;
  /** bzip2 is no part of the web platform; whoever can undo it says how. */
  readonly bunzip2?: Decompress;
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks an archive into a store. Names are checked before anything is written, links and devices are refused, sizes
 * are limited; hidden files and what macOS adds are left out.
 *
 * @returns the files, under their names in the archive.
 * @throws AsrError `MODEL_INVALID` when the archive is hostile; `DOWNLOAD_FAILED` when it is damaged;
 * `OPTION_UNSUPPORTED` for a compression that can't be undone here; `signal.reason`.
 */
export async function unpackArchive(
  archive: StoredFile,
  store: FileStore,
  model: string,
  options: UnpackOptions,
): Promise<readonly { readonly name: string; readonly size: number }[]> {
  const { origin, signal } = options;
  const budget = new Budget(origin, options.limits ?? DEFAULT_LIMITS);
  const files = new Map<string, { readonly name: string; readonly size: number }>();
  let current: Reservation | undefined;
  let name = '';
  try {
    for await (const event of readArchive(archive, budget, options)) {
      signal?.throwIfAborted();
      if (event.type === 'file') {
        name = event.name.replace(/^(\.\/)+/u, '');
        checkFileName(name, origin);
        budget.countFile();
        if (isHidden(name) || name.startsWith('__MACOSX/')) continue;
        // Systems that don't tell cases apart would write both to one file.
        const key = name.normalize('NFC').toLowerCase();
        if (files.has(key))
          throw new AsrError('MODEL_INVALID', `${origin} holds ${JSON.stringify(name)} twice.`);
        current = await store.reserve(model, name, signal);
        await current.restart(undefined);
      } else if (event.type === 'data') {
        await current?.append(event.chunk);
      } else if (current) {
        const stored = await current.finish({ name });
        await current.release();
        current = undefined;
        files.set(name.normalize('NFC').toLowerCase(), { name, size: stored!.size });
      }
    }
  } catch (cause) {
    await current?.restart(undefined);
    signal?.throwIfAborted();
    if (AsrError.isInstance(cause)) throw cause;
    throw new AsrError(
      'DOWNLOAD_FAILED',
      `${origin} can't be unpacked: ${(cause as Error).message ?? String(cause)}. It may be damaged; it was removed and ` +
        'will be fetched anew next time.',
      { cause },
    );
  } finally {
    await current?.release();
  }
  return [...files.values()];
}

async function* readArchive(
  archive: StoredFile,
  budget: Budget,
  { kind, origin, bunzip2 }: UnpackOptions,
): AsyncGenerator<ArchiveEvent, void, undefined> {
  const checkFolder = (folder: string): void => {
    const plain = folder.replace(/^(\.\/)+/u, '').replace(/\/$/u, '');
    if (plain !== '' && plain !== '.') checkFileName(plain, origin);
  };
  const packed = archive.stream().pipeThrough(tap((chunk) => budget.countPacked(chunk.length)));
  if (kind !== 'zip') {
    // All that comes out, headers included: they can be a bomb, too.
    const count = tap((chunk) => budget.countBytes(chunk.length));
    const tar = decompress(packed, kind, bunzip2, origin).pipeThrough(count);
    yield* tarEvents(tar, origin, checkFolder);
    return;
  }
  for await (const event of zipEvents(packed, origin, checkFolder)) {
    if (event.type === 'data') budget.countBytes(event.chunk.length);
    yield event;
  }
}

function decompress(
  packed: ReadableStream<Uint8Array>,
  kind: ArchiveKind,
  bunzip2: Decompress | undefined,
  origin: string,
): ReadableStream<Uint8Array> {
  if (kind === 'tar') return packed;
  if (kind === 'tar.gz') {
    return packed.pipeThrough(new DecompressionStream('gzip') as TransformStream<Uint8Array, Uint8Array>);
  }
  if (bunzip2) return bunzip2(packed);
  throw new AsrError(
    'OPTION_UNSUPPORTED',
    `${origin} is packed with bzip2, which can't be undone here; unpack it and pass the folder.`,
  );
}

/** Counts what comes out against what went in. */
class Budget {
  readonly #origin: string;
  readonly #limits: ArchiveLimits;
  #files = 0;
  #bytes = 0;
  #packed = 0;

  constructor(origin: string, limits: ArchiveLimits) {
    this.#origin = origin;
    this.#limits = limits;
  }

  countPacked(bytes: number): void {
    this.#packed += bytes;
  }

  countFile(): void {
    if (++this.#files > this.#limits.files) this.#refuse(`more than ${this.#limits.files} files`);
  }

  countBytes(bytes: number): void {
    const { bytes: most, ratio, allowance } = this.#limits;
    this.#bytes += bytes;
    if (this.#bytes > most) this.#refuse(`more than ${most} bytes`);
    if (this.#bytes > allowance + ratio * this.#packed) this.#refuse(`more than ${ratio} times its size`);
  }

  #refuse(what: string): never {
    throw new AsrError(
      'MODEL_INVALID',
      `${this.#origin} unpacks to ${what}, which no model does. If it is one, unpack it yourself and pass the folder.`,
    );
  }
}
