import { AsrError } from '../../errors.js';
import { iterate } from '../streams.js';
import type { ArchiveEvent } from './archive-events.js';
import { crc32 } from './crc32.js';
import { readZipDirectory } from './zip-directory.js';

/** Kept of the end, for the directory: enough for tens of thousands of files. */
const TAIL = 4 * 2 ** 20;
/** Inflating multiplies a piece by up to 1032; limits are looked at between pieces. */
const PIECE = 2 ** 14;

/**
 * The files of a zip archive, read from front to back and then compared with the directory at its end, checksums
 * included.
 *
 * @throws AsrError `MODEL_INVALID` for links; Error for damaged, cut or encrypted archives.
 */
export async function* zipEvents(
  input: ReadableStream<Uint8Array>,
  origin: string,
  checkFolder: (name: string) => void,
): AsyncGenerator<ArchiveEvent, void, undefined> {
  const { Unzip, UnzipInflate } = await import('fflate');
  const checksums = new Map<string, number>();
  let events: ArchiveEvent[] = [];
  let failure: Error | undefined;
  let open = 0;
  const unzip = new Unzip((file) => {
    if (file.name.endsWith('/')) {
      checkFolder(file.name);
      return;
    }
    open++;
    let checksum = 0;
    events.push({ type: 'file', name: file.name });
    file.ondata = (error, chunk, final) => {
      failure ??= error ?? undefined;
      if (error) return;
      checksum = crc32(chunk, checksum);
      if (chunk.length > 0) events.push({ type: 'data', chunk });
      if (!final) return;
      open--;
      checksums.set(file.name, checksum);
      events.push({ type: 'end' });
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  const take = (): ArchiveEvent[] => {
    if (failure) throw failure;
    const taken = events;
    events = [];
    return taken;
  };

  const tail: Uint8Array[] = [];
  let kept = 0;
  for await (const chunk of iterate(input)) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      unzip.push(chunk.subarray(at, at + PIECE));
      yield* take();
    }
    tail.push(chunk);
    kept += chunk.length;
    while (kept - tail[0]!.length >= TAIL) kept -= tail.shift()!.length;
  }
  unzip.push(new Uint8Array(0), true);
  yield* take();
  if (open > 0) throw new Error('it ends within a file');
  compare(checksums, new Uint8Array(await new Blob(tail as BlobPart[]).arrayBuffer()), origin);
}

function compare(checksums: ReadonlyMap<string, number>, tail: Uint8Array, origin: string): void {
  const entries = readZipDirectory(tail).filter(({ name }) => !name.endsWith('/'));
  for (const { name, crc32: expected, isLink } of entries) {
    if (isLink) {
      throw new AsrError(
        'MODEL_INVALID',
        `${origin} holds ${JSON.stringify(name)}, a link. Only files and folders are unpacked, because links can lead ` +
          'out of the folder that a model is kept in.',
      );
    }
    if (checksums.get(name) !== expected) throw new Error(`the checksum of ${name} is wrong`);
  }
  if (entries.length !== checksums.size) throw new Error('its directory lists other files than it holds');
}
