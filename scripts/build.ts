/**
 * Builds the packages named as arguments (all without), each only when its sources or those of a package
 * it builds on have changed. `--force` builds in any case.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './package-manager.mjs';
import { cacheFolder, commandPath, node, workspacePackages } from './workspace.js';
import type { WorkspacePackage } from './workspace.js';

const wanted = process.argv.slice(2).filter((argument) => argument !== '--force');
const force = process.argv.includes('--force');
const unknown = wanted.filter((name) => !workspacePackages.some(({ folder }) => folder === name));
if (unknown.length > 0) throw new Error(`no such package: ${unknown.join(', ')}`);

const builds = new Map<string, Promise<void>>();
for (const entry of workspacePackages) {
  if (wanted.length > 0 && !isWanted(entry.folder)) continue;
  builds.set(entry.folder, build(entry));
}
const failures = (await Promise.allSettled(builds.values())).filter((result) => result.status === 'rejected');
for (const failure of failures)
  console.error(String(failure.reason instanceof Error ? failure.reason.message : failure.reason));
if (failures.length > 0) process.exitCode = 1;

function isWanted(folder: string): boolean {
  return (
    wanted.includes(folder) ||
    workspacePackages.some((entry) => wanted.includes(entry.folder) && entry.needs.includes(folder))
  );
}

async function build(entry: WorkspacePackage): Promise<void> {
  for (const name of entry.needs) await builds.get(name);
  const folder = join(root, 'packages', entry.folder);
  const stamp = join(cacheFolder, `build-${entry.folder}`);
  const hash = sourceHash(entry);
  const current = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (
    !force &&
    current === hash &&
    existsSync(join(folder, 'dist/index.js')) &&
    existsSync(join(folder, 'dist/index.d.ts'))
  )
    return;
  console.error(`Building ${entry.name}…`);
  const result = await node([commandPath('tsup')], folder);
  if (!result.ok) throw new Error(`Building ${entry.name} failed:\n${result.output}`);
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(stamp, hash);
}

/** Hash of all that a build depends on: by content, because a checkout changes the times of files. */
function sourceHash(entry: WorkspacePackage): string {
  const hash = createHash('sha256');
  const folders = [entry.folder, ...entry.needs];
  const files = ['tsconfig.base.json', 'pnpm-lock.yaml'];
  for (const name of folders) {
    const folder = `packages/${name}`;
    files.push(`${folder}/package.json`, `${folder}/tsconfig.json`, `${folder}/tsup.config.ts`);
    const sources = readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' });
    const built = sources.filter((path) => path.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(path));
    files.push(...built.toSorted().map((path) => `${folder}/src/${path}`));
  }
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
