import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.js';
import { withExamples } from '../examples.js';
import { dtypeOption, withDownloadOptions } from '../model-options.js';
import { fetchModels } from '../models/fetch-models.js';
import { listModels, removeModels, verifyModels } from '../models/manage-cache.js';

const CACHE = [
  '--cache <folder>',
  "folder of fetched models (default: $ASR_CACHE, else the user's cache folder)",
] as const;

/** `asr models`: what was fetched, and fetching for later. */
export function registerModels(program: Command, context: CliContext): void {
  const models = program.command('models').description('List, fetch, remove and verify models of the cache.');

  const list = models
    .command('list')
    .description('List what lies in the cache.')
    .option(...CACHE)
    .option('--json', 'print JSON')
    .action((flags) => listModels(flags, context));
  withExamples(list, [['asr models list', 'what was fetched, and how large it is']]);

  const fetch = models
    .command('fetch')
    .description('Fetch models, so that they can be loaded without a network.')
    .argument('<models...>', 'hub ids or addresses')
    .addOption(dtypeOption())
    .option('--all', 'all files, not only those that one precision needs');
  withDownloadOptions(fetch).action((names, flags) => fetchModels(names, flags, context));
  withExamples(fetch, [
    ['asr models fetch onnx-community/whisper-base', 'the files that loading it needs'],
    ['asr models fetch onnx-community/whisper-base --dtype fp32', 'another precision'],
  ]);

  const remove = models
    .command('remove')
    .description('Remove models from the cache.')
    .argument('<ids...>', 'as list shows them; or owner/name, for all commits')
    .option(...CACHE)
    .action((ids, flags) => removeModels(ids, flags, context));
  withExamples(remove, [['asr models remove onnx-community/whisper-base', 'all commits of it']]);

  const verify = models
    .command('verify')
    .description('Read all files of the cache and compare their checksums with those they were fetched with.')
    .option(...CACHE)
    .option('--json', 'print JSON')
    .action((flags) => verifyModels(flags, context));
  withExamples(verify, [['asr models verify', 'is the disk all right?']]);
}
