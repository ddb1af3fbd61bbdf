import type { Digest } from './file-store.js';

/** What Git hashes before the content of a blob. */
export function gitBlobHeader(size: number): string {
  return `blob ${size}\0`;
}

/** The checksum of bytes in memory, lower-case hexadecimal. Needs a secure context in browsers. */
export async function digestBytes(bytes: Uint8Array, algorithm: Digest['algorithm']): Promise<string> {
  const isBlob = algorithm === 'git-sha1';
  const content = isBlob ? withHeader(bytes) : (bytes as Uint8Array<ArrayBuffer>);
  const hash = await crypto.subtle.digest(isBlob ? 'SHA-1' : 'SHA-256', content);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function withHeader(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(gitBlobHeader(bytes.length));
  const content = new Uint8Array(header.length + bytes.length);
  content.set(header);
  content.set(bytes, header.length);
  return content;
}
