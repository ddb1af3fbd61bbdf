import { missingFile } from './missing-file.js';
import type { MemorySource, ModelFile, ModelFiles } from './model-files.js';

type Content = MemorySource['files'][string];

/**
 * Files in memory as the files of a model. Nothing is copied; `Blob`s are read when they are opened for use.
 *
 * @throws TypeError naming the entry that is no `Uint8Array`, `ArrayBuffer` or `Blob`.
 */
export function memoryFiles({ files }: MemorySource): ModelFiles {
  const names = Object.keys(files).toSorted();
  for (const name of names) checkContent(name, files[name]);
  const origin = names.length === 1 ? '1 file in memory' : `${names.length} files in memory`;
  return {
    origin,
    list: () => Promise.resolve(names),
    // `async`, so that a missing name is a rejection as it is for every other source.
    async open(name) {
      const content = Object.hasOwn(files, name) ? files[name] : undefined;
      if (content === undefined) throw missingFile(name, origin, names);
      return memoryFile(name, content);
    },
  };
}

function memoryFile(name: string, content: Content): ModelFile {
  const size = content instanceof Blob ? content.size : content.byteLength;
  return {
    name,
    size,
    async bytes(signal) {
      signal?.throwIfAborted();
      if (content instanceof Uint8Array) return content;
      if (content instanceof ArrayBuffer) return new Uint8Array(content);
      const buffer = await content.arrayBuffer();
      signal?.throwIfAborted();
      return new Uint8Array(buffer);
    },
  };
}

function checkContent(name: string, content: unknown): void {
  if (content instanceof Uint8Array || content instanceof ArrayBuffer || content instanceof Blob) return;
  throw new TypeError(
    `files[${JSON.stringify(name)}] must be a Uint8Array, ArrayBuffer or Blob, got ${Object.prototype.toString.call(content).slice(8, -1)}`,
  );
}
