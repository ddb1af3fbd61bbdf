import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the repository. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/**
 * Runs the pnpm version named in package.json and returns what it printed; needs nothing but npm.
 *
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function pnpm(args, options = {}) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return run('npx', ['-y', packageManager, ...args], options);
}

/**
 * Runs npm and returns what it printed.
 *
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function npm(args, options = {}) {
  return run('npm', args, options);
}

/**
 * Starts one of npm's own scripts with this Node. Not `npm` or `npx` themselves: on Windows these are `.cmd` files,
 * which Node refuses to start without a shell, and a shell needs quoting.
 *
 * @typedef {{ readonly cwd?: string }} RunOptions
 * @param {'npm' | 'npx'} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @throws Error with everything it printed, when it fails.
 */
function run(command, args, options) {
  const result = spawnSync(process.execPath, [npmScript(command), ...args], {
    cwd: options.cwd ?? root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: {
      ...process.env,
      // Its install script downloads CUDA libraries; the CPU binaries are in the package itself.
      ONNXRUNTIME_NODE_INSTALL: 'skip',
    },
  });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} failed (${result.status ?? result.signal})\n${result.stdout}${result.stderr}`,
    );
  }
  return result.stdout;
}

/** @param {'npm' | 'npx'} command */
function npmScript(command) {
  const home = dirname(process.execPath);
  const folders = [
    // Set by `npm run` and `npx`: …/npm/bin/npm-cli.js.
    dirname(process.env['npm_execpath'] ?? ''),
    join(home, 'node_modules/npm/bin'),
    join(home, '../lib/node_modules/npm/bin'),
    '/usr/share/nodejs/npm/bin',
  ];
  const path = folders.map((folder) => join(folder, `${command}-cli.js`)).find((file) => existsSync(file));
  if (path !== undefined) return path;
  throw new Error('npm was not found beside this Node. Start this through npm, for example: npm test');
}
