import type { Digest } from './file-store.js';

/** What Git hashes before the content of a blob. */
export function gitBlobHeader(size: number): string {
  return `blob ${size}\0`;
}

/** The checksum of bytes in memory, lower-case hexadecimal. Needs a secure context in browsers. */
export async function digestBytes(bytes: Uint8Array, algorithm: Digest['algorithm']): Promise<string> {
  const header = algorithm === 'git-sha1' ? new TextEncoder().encode(gitBlobHeader(bytes.length)) : undefined;
  const content = new Uint8Array((header?.length ?? 0) + bytes.length);
  if (header) content.set(header);
  content.set(bytes, header?.length ?? 0);
  const hash = await crypto.subtle.digest(algorithm === 'sha256' ? 'SHA-256' : 'SHA-1', content);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
