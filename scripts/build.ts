/**
 * Builds the packages named as arguments (all without), each only when its sources or those of a package
 * it builds on have changed. `--force` builds in any case.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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
  const sources = sourceHash(entry);
  const expected = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (!force && expected === `${sources} ${outputHash(folder)}`) return;
  console.error(`Building ${entry.name}…`);
  await buildAside(folder, entry.name);
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(stamp, `${sources} ${outputHash(folder)}`);
}

/** Builds into a folder beside `dist` and swaps the two, so that a program that runs on `dist` never sees half of it. */
async function buildAside(folder: string, name: string): Promise<void> {
  const aside = join(folder, `.dist-${process.pid}`);
  try {
    const result = await node([commandPath('tsup'), '--out-dir', aside], folder);
    if (!result.ok) throw new Error(`Building ${name} failed:\n${result.output}`);
    const old = `${aside}-old`;
    if (existsSync(join(folder, 'dist'))) renameSync(join(folder, 'dist'), old);
    renameSync(aside, join(folder, 'dist'));
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Hash of all that a build depends on: by content, because a checkout changes the times of files. */
function sourceHash(entry: WorkspacePackage): string {
  const files = ['tsconfig.base.json', 'pnpm-lock.yaml'];
  for (const name of [entry.folder, ...entry.needs]) {
    const folder = `packages/${name}`;
    files.push(`${folder}/package.json`, `${folder}/tsconfig.json`, `${folder}/tsup.config.ts`);
    const built = filesIn(join(root, folder, 'src')).filter(
      (path) => path.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(path),
    );
    files.push(...built.map((path) => `${folder}/src/${path}`));
  }
  return hashFiles(root, files);
}

/** Hash of what is in `dist`: tests put a worker of their own there, and people delete things. */
function outputHash(folder: string): string {
  const dist = join(folder, 'dist');
  return existsSync(dist) ? hashFiles(dist, filesIn(dist)) : 'none';
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => relative(folder, join(item.parentPath, item.name)))
    .toSorted();
}

function hashFiles(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}
