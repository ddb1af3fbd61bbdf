/** How an archive is packed. */
export type ArchiveKind = 'tar' | 'tar.gz' | 'tar.bz2' | 'zip';

/** What comes out of an archive, in order: a file's name, its content in pieces, its end. */
export type ArchiveEvent =
  | { readonly type: 'file'; readonly name: string }
  | { readonly type: 'data'; readonly chunk: Uint8Array }
  | { readonly type: 'end' };

/** What an archive may at most unpack to; what goes beyond is taken for an attack. */
export interface ArchiveLimits {
  readonly files: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Bytes unpacked per packed byte, past the first {@link ArchiveLimits.allowance}. */
  readonly ratio: number;
  readonly allowance: number;
}

/** Weights hardly compress, vocabularies about 4:1; bombs reach 1000:1 and far more. */
export const DEFAULT_LIMITS: ArchiveLimits = {
  files: 10_000,
  bytes: 32 * 2 ** 30,
  ratio: 100,
  allowance: 64 * 2 ** 20,
};

const ENDINGS: readonly (readonly [ending: RegExp, kind: ArchiveKind])[] = [
  [/\.(tar\.gz|tgz)$/iu, 'tar.gz'],
  [/\.(tar\.bz2|tbz2?)$/iu, 'tar.bz2'],
  [/\.tar$/iu, 'tar'],
  [/\.zip$/iu, 'zip'],
];

/** What kind of archive an address names; undefined when it names none. */
export function archiveKind({ pathname }: URL): ArchiveKind | undefined {
  return ENDINGS.find(([ending]) => ending.test(pathname))?.[1];
}
