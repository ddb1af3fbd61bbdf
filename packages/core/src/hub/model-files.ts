/** One file of a model. A `path` lets a backend map it itself: no second copy, external data works. */
export interface ModelFile {
  /** Path inside the model, with `/`: `onnx/encoder_model.onnx`. */
  readonly name: string;
  /** Size in bytes where it is known without reading. */
  readonly size?: number;
  /** Path on this machine's file system, where the file lies on one. */
  readonly path?: string;
  /** Reads the whole file. */
  bytes(signal?: AbortSignal): Promise<Uint8Array>;
}

/** The files of a model, wherever they come from: a folder, memory, a package, a hub. */
export interface ModelFiles {
  /** Says where the files are, for messages: `folder /models/tiny`, `3 files in memory`. */
  readonly origin: string;
  /** Sizes in bytes, by name, where the source knows them without opening a file. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Whether a file can be opened without fetching it. Absent where that is so for all. */
  isLocal?(name: string): Promise<boolean>;
  /** All names, sorted. */
  list(signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Opens one file; reads nothing of its content yet unless the source has to.
   *
   * @throws AsrError `MODEL_NOT_FOUND` when there is no such name.
   */
  open(name: string, signal?: AbortSignal): Promise<ModelFile>;
}

/**
 * Where a model comes from:
 * a string is a hub id, `{ path }` a folder on this machine, a `URL` a self-hosted folder or archive, `{ files }` files
 * in memory, `{ name, urls }` what a packaged model exports.
 */
export type ModelSource = string | URL | FolderSource | MemorySource | PackagedModel;

/** A model in a folder of this machine. */
export interface FolderSource {
  /** Folder on this machine (Node only). */
  readonly path: string;
}

/** A model whose files are in memory. */
export interface MemorySource {
  /** File contents by name. */
  readonly files: Readonly<Record<string, Uint8Array | ArrayBuffer | Blob>>;
}

/**
 * A model that ships as an npm package: one address per file (`file:` in Node, `http(s):` in browsers; bundlers may
 * inline a small file as `data:`).
 *
 * There is an address for every file, not one base address, because bundlers (Vite, webpack, Rollup…) copy and rename
 * an asset only where they see `new URL('../model/encoder.onnx', import.meta.url)` spelled out; after bundling the
 * files need not lie in one folder nor keep their names. The keys are the names a model family looks for.
 */
export interface PackagedModel {
  /** Name of the model, for messages and cache keys: `whisper-tiny.en`. */
  readonly name: string;
  /** Address of every file by its name. */
  readonly urls: Readonly<Record<string, URL>>;
}
