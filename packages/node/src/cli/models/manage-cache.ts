import { listCachedModels, modelCacheFolder, removeCachedModel, verifyCachedModels } from '@org/asr-node';
import type { CacheOptions } from '@org/asr-node';
import type { CliContext } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { formatBytes, formatTable } from '../format.js';

interface CacheFlags {
  readonly cache?: string | undefined;
  readonly json?: true | undefined;
}

function cacheOptions({ cache }: CacheFlags, { signal }: CliContext): CacheOptions {
  return { signal, ...(cache !== undefined && { cache }) };
}

/** `asr models list`. */
export async function listModels(flags: CacheFlags, context: CliContext): Promise<void> {
  const models = await listCachedModels(cacheOptions(flags, context));
  if (flags.json) {
    context.printJson(models);
    return;
  }
  const total = models.reduce((sum, { size, unfinished }) => sum + size + unfinished, 0);
  context.note(
    `${flags.cache ?? modelCacheFolder()}: ${models.length} ${models.length === 1 ? 'model' : 'models'}, ${formatBytes(total)}`,
  );
  if (models.length === 0) return;
  const rows = models.map(({ id, files, size, unfinished }) => [
    id,
    `${files.length} files`,
    formatBytes(size),
    unfinished > 0 ? `${formatBytes(unfinished)} of unfinished downloads` : '',
  ]);
  context.print(formatTable(rows, ['left', 'right', 'right']));
}

/** `asr models remove`. A model that is not there is a failure: the name may be misspelt. */
export async function removeModels(
  ids: readonly string[],
  flags: CacheFlags,
  context: CliContext,
): Promise<void> {
  for (const id of ids) {
    const removed = await removeCachedModel(id, cacheOptions(flags, context));
    for (const one of removed) context.print(`removed ${one}`);
    if (removed.length > 0) continue;
    context.fail(`${id} is not in the cache (asr models list)`);
    context.exitCode = EXIT.failed;
  }
}

/** `asr models verify`. */
export async function verifyModels(flags: CacheFlags, context: CliContext): Promise<void> {
  const problems = await verifyCachedModels(cacheOptions(flags, context));
  if (problems.length > 0) context.exitCode = EXIT.failed;
  if (flags.json) context.printJson(problems);
  else if (problems.length === 0) context.print('all files are as they were fetched');
  else {
    context.print(formatTable(problems.map(({ id, file, problem }) => [id, file, problem])));
    context.note('remove what is damaged (asr models remove <id>), and it is fetched anew when it is needed');
  }
}
