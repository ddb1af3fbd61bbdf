import { AsrError } from '@org/asr-core';
import type { StoredFile } from '@org/asr-core';
import { segmentAddress } from './cache-entries.js';
import type { Content, FileFacts } from './cache-entries.js';

/** A complete file of the cache. */
export function storedFile(cache: Cache, facts: FileFacts): StoredFile {
  const { name, size, validator } = facts;
  return {
    name,
    size,
    ...(validator !== undefined && { validator }),
    bytes: (signal) => readContent(cache, name, facts, signal),
    stream: () => streamContent(cache, name, facts),
  };
}

/** @throws AsrError `DOWNLOAD_FAILED` when the file was removed meanwhile. */
export async function readContent(
  cache: Cache,
  name: string,
  content: Content,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(content.segments.reduce((sum, size) => sum + size, 0));
  let at = 0;
  for (const [i, size] of content.segments.entries()) {
    signal?.throwIfAborted();
    bytes.set(await readSegment(cache, name, content, i), at);
    at += size;
  }
  return bytes;
}

function streamContent(cache: Cache, name: string, content: Content): ReadableStream<Uint8Array> {
  let i = 0;
  return new ReadableStream({
    async pull(controller) {
      if (i === content.segments.length) controller.close();
      else controller.enqueue(await readSegment(cache, name, content, i++));
    },
  });
}

async function readSegment(cache: Cache, name: string, content: Content, i: number): Promise<Uint8Array> {
  const response = await cache.match(segmentAddress(content, i));
  const bytes = response && new Uint8Array(await response.arrayBuffer());
  if (bytes && bytes.length === content.segments[i]) return bytes;
  throw new AsrError(
    'DOWNLOAD_FAILED',
    `${name} was removed from the cache meanwhile; load the model again.`,
  );
}
