/** A process of its own that fetches one file of a model: `<cache> <endpoint> <model> <file>`. Prints its path. */
import { openRemoteModel } from '@org/asr-core';
import { DiskStore } from '../../../packages/node/src/cache/disk-store.js';

const [cache, endpoint, model, file] = process.argv.slice(2) as [string, string, string, string];
const files = await openRemoteModel(model, {
  store: new DiskStore(cache),
  endpoint,
  onProgress: () => process.stdout.write('progress\n'),
});
process.stdout.write(`path ${(await files.open(file)).path}\n`);
