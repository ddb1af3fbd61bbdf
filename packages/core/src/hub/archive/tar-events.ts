import { AsrError } from '../../errors.js';
import { iterate } from '../streams.js';
import type { ArchiveEvent } from './archive-events.js';

/**
 * The files of a tar archive. Folders are looked at for their names only.
 *
 * @throws AsrError `MODEL_INVALID` for links and devices; what the decoder throws for damaged archives.
 */
export async function* tarEvents(
  input: ReadableStream<Uint8Array>,
  origin: string,
  checkFolder: (name: string) => void,
): AsyncGenerator<ArchiveEvent, void, undefined> {
  const { createTarDecoder } = await import('modern-tar');
  const entries = input.pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header, body } of iterate(entries)) {
    const { name, type = 'file', linkname } = header;
    if (type === 'directory') {
      checkFolder(name);
      await body.cancel();
    } else if (type === 'file') {
      yield { type: 'file', name };
      for await (const chunk of iterate(body)) yield { type: 'data', chunk };
      yield { type: 'end' };
    } else {
      throw new AsrError(
        'MODEL_INVALID',
        `${origin} holds ${JSON.stringify(name)}, a ${type}${linkname ? ` to ${JSON.stringify(linkname)}` : ''}. Only ` +
          'files and folders are unpacked, because links can lead out of the folder that a model is kept in.',
      );
    }
  }
}
