/**
 * What a fresh clone needs to run with Node and npm alone: `npm run demo`, `npm test`, `npm run check`.
 * Installs with the pinned pnpm when that is due, builds what changed, then starts the task.
 * Uses Node's own modules only, because nothing is installed yet when it starts.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, root } from './package-manager.mjs';

const [task = '', ...rest] = process.argv.slice(2);
const cache = join(root, 'node_modules/.cache/asr');

/** @type {Record<string, () => number>} */
const tasks = {
  demo() {
    run(['scripts/build.ts', 'core', 'node', 'model-whisper-tiny-en']);
    // The example sees the packages as a user does: their builds, through node_modules.
    const example = join(root, 'examples/node-transcribe');
    return start(
      ['--import', tsx(), join(example, 'main.ts'), ...rest],
      // File names that the user types are relative to where they typed them.
      {
        cwd: process.env['INIT_CWD'] ?? root,
        env: { TSX_TSCONFIG_PATH: join(root, 'scripts/tsconfig.run.json') },
      },
    );
  },
  test() {
    run(['scripts/build.ts']);
    return start(['node_modules/vitest/vitest.mjs', 'run', ...rest]);
  },
  check: () => start(['--import', tsx(), 'scripts/check.ts', ...rest]),
  build: () => start(['--import', tsx(), 'scripts/build.ts', ...rest]),
};

try {
  checkNode();
  const job = tasks[task];
  if (!job) throw new Error(`unknown task "${task}"; there are: ${Object.keys(tasks).join(', ')}`);
  install();
  process.exitCode = job();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Node 20.19 or later is needed; this is ${process.versions.node}. See https://nodejs.org`);
}

/** Installs when node_modules is missing or was made from other manifests, another lock file or another Node. */
function install() {
  const stamp = join(cache, 'install');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const started = Date.now();
  console.error('Installing dependencies (about 600 MB on disk, mostly ONNX Runtime)…');
  pnpm(['install', '--frozen-lockfile', '--config.confirmModulesPurge=false']);
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp, wanted);
  console.error(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
}

function fingerprint() {
  const manifests = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`),
  );
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests.toSorted()]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(file).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function tsx() {
  return new URL('../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
}

/**
 * Runs a TypeScript file of this folder; throws when it fails (it has said why).
 * @param {readonly string[]} args
 */
function run(args) {
  const status = start(['--import', tsx(), ...args]);
  if (status !== 0) throw new Error(`${args.join(' ')} failed`);
}

/**
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
function start(args, options = {}) {
  const result = spawnSync(process.execPath, args, {
    cwd: options.cwd ?? root,
    stdio: 'inherit',
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', ...options.env },
  });
  if (result.error) throw result.error;
  return result.status ?? 1;
}
