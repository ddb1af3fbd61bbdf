import type { LoadProgress } from '@org/asr-web';

/** Adds up the files of a model that are being fetched. */
export class DownloadProgress {
  readonly #files = new Map<string, { readonly loaded: number; readonly total: number | undefined }>();

  add(progress: LoadProgress): void {
    if (progress.type === 'download') this.#files.set(progress.file, progress);
  }

  /** Bytes that have come. */
  get loaded(): number {
    return [...this.#files.values()].reduce((sum, { loaded }) => sum + loaded, 0);
  }

  /** Done, 0 to 1; `undefined` where the server doesn't tell sizes. */
  get fraction(): number | undefined {
    let total = 0;
    for (const file of this.#files.values()) {
      if (file.total === undefined) return undefined;
      total += file.total;
    }
    return total === 0 ? undefined : this.loaded / total;
  }
}
