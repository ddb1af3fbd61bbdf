import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const folder = resolve(repository, process.env['ASR_TEST_DATA'] ?? '../shared');

/** Whether the extended test data (`ASR_TEST_DATA`, default `../shared`) is on this machine. */
export const hasTestData = existsSync(resolve(folder, 'golden'));

/** Path of a file of the extended test data; guard its users with `describe.skipIf(!hasTestData)`. */
export function testData(path: string): string {
  return resolve(folder, path);
}

/** Path of a file of the repository. */
export function repositoryFile(path: string): string {
  return resolve(repository, path);
}
