/** Archives as tests need them: good ones and hostile ones. */
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { TarEntry } from 'modern-tar';

export const TOKENS = new TextEncoder().encode('a 0\nb 1\n');

export function file(name: string, body: Uint8Array = TOKENS): TarEntry {
  return { header: { name, size: body.length }, body };
}

export function link(type: 'symlink' | 'link', name: string, linkname: string): TarEntry {
  return { header: { name, type, linkname, size: 0 } };
}

export async function tarGz(...entries: readonly TarEntry[]): Promise<Uint8Array> {
  return gzipSync(await packTar([...entries]));
}
