import { stat } from 'node:fs/promises';
import { UsageError } from './errors.js';

/**
 * Files that an option names, so that it counts as another one when they change.
 *
 * @throws UsageError for one that is not there.
 */
export async function fileVersions(paths: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(path).catch((cause: unknown) => {
        throw new UsageError(`there is no file ${path}`, { cause });
      });
      return `${path} ${size} ${mtimeMs}`;
    }),
  );
}
