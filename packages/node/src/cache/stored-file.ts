import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { StoredFile } from '@org/asr-core';
import { readBytes } from '../disk-file.js';
import type { FileFacts } from './disk-layout.js';

/** A complete file of the cache. */
export function storedFile(path: string, { name, size, validator }: FileFacts): StoredFile {
  return {
    name,
    size,
    path,
    ...(validator !== undefined && { validator }),
    bytes: (signal) => readBytes(path, signal),
    stream: () => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>,
  };
}
