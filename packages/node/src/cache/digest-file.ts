import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Digest } from '@org/asr-core';
import type { FileFacts } from './disk-layout.js';

/** SHA-256 of a file, and Git's checksum where it is asked for. @throws `signal.reason`; what the file system throws. */
export async function digestFile(
  path: string,
  size: number,
  algorithm: Digest['algorithm'] = 'sha256',
  signal?: AbortSignal,
): Promise<Pick<FileFacts, 'sha256' | 'git-sha1'>> {
  const sha256 = createHash('sha256');
  const git = algorithm === 'git-sha1' ? createHash('sha1').update(`blob ${size}\0`) : undefined;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    signal?.throwIfAborted();
    sha256.update(chunk as Uint8Array);
    git?.update(chunk as Uint8Array);
  }
  return { sha256: sha256.digest('hex'), ...(git && { 'git-sha1': git.digest('hex') }) };
}
