import type { ModelFile } from './model-files.js';

/** A checksum that a file has to have. `git-sha1` is Git's name of a blob: SHA-1 over `blob <size>\0` and the content. */
export interface Digest {
  readonly algorithm: 'sha256' | 'git-sha1';
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

/** What is known of a file before it is fetched. What is not known can't be checked. */
export interface ExpectedFile {
  /** Path inside the model; has passed `checkFileName`. */
  readonly name: string;
  /** In bytes. */
  readonly size?: number;
  readonly digest?: Digest;
  /** The server's ETag or date of this version. */
  readonly validator?: string;
}

/** A file to fetch. */
export interface RemoteFile extends ExpectedFile {
  readonly url: string;
}

/** A file that was verified and is kept. */
export interface StoredFile extends ModelFile {
  readonly size: number;
  /** The server's ETag or date that it came with, where there was one. */
  readonly validator?: string;
  /** Its content, from the start. May be called more than once. */
  stream(): ReadableStream<Uint8Array>;
}

/**
 * Where fetched files are kept: a folder, memory. Files belong to a model, named by any text. A file is seen by
 * {@link find} only when it is complete and verified.
 */
export interface FileStore {
  /** For messages: `folder /home/a/.cache/asr`. */
  readonly location: string;
  /** Something the user should know, such as why files are kept elsewhere than usual. */
  readonly note?: string;
  /** A small JSON document; undefined when there is none. */
  readRecord(key: string): Promise<unknown>;
  /**
   * Keeps a small JSON document.
   *
   * @param model The model whose removal removes the record.
   */
  writeRecord(key: string, model: string, record: unknown): Promise<void>;
  /** The file, unless it is missing or contradicts what is expected. */
  find(model: string, expected: ExpectedFile): Promise<StoredFile | undefined>;
  /**
   * The right to write one file, of all processes that share the store; waits for it.
   *
   * @param size Of the file in bytes, where it is known, so that a store without room for it can say so in advance.
   * @throws AsrError `DOWNLOAD_FAILED` when the store can't be written; `signal.reason`.
   */
  reserve(model: string, name: string, signal?: AbortSignal, size?: number): Promise<Reservation>;
  /** Removes all files of a model. */
  remove(model: string): Promise<void>;
}

/** A file being written. What was written stays after a crash or {@link release}, to be continued later. */
export interface Reservation {
  /** Bytes written so far, those of an earlier attempt included. */
  readonly size: number;
  /** What {@link restart} was told. */
  readonly validator: string | undefined;
  /** Forgets what was written. */
  restart(validator: string | undefined): Promise<void>;
  /** Writes the next bytes. They are kept when the download stops here, for a later one to go on from. */
  append(chunk: Uint8Array): Promise<void>;
  /**
   * Verifies what lies in the store and makes it visible at once, in place of an older version.
   * @returns undefined, and forgets what was written, when it is not what was expected.
   */
  finish(expected: ExpectedFile): Promise<StoredFile | undefined>;
  /** Gives the right back. Idempotent. */
  release(): Promise<void>;
}

/** What a store notes of a file, for {@link isExpected}. */
export interface KeptFile {
  readonly size: number;
  readonly sha256?: string;
  readonly 'git-sha1'?: string;
  readonly validator?: string;
}

/** Whether a kept file is the one that is looked for. A checksum says it alone, else the server's validator does. */
export function isExpected(kept: KeptFile, { size, digest, validator }: ExpectedFile): boolean {
  if (size !== undefined && kept.size !== size) return false;
  if (digest) return kept[digest.algorithm] === digest.hex;
  return validator === undefined || kept.validator === validator;
}
