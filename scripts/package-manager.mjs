import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the repository. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/**
 * The command line that runs the pnpm version named in package.json, on any system, with nothing but npm.
 *
 * npm's own `npx-cli.js` is started with this Node rather than through `npx`: on Windows that one is a
 * `.cmd` file, which Node refuses to start without a shell, and a shell needs quoting.
 *
 * @returns {string[]} Arguments for `process.execPath`.
 */
function pnpmArguments() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const home = dirname(process.execPath);
  const candidates = [
    // Set by `npm run`: …/npm/bin/npm-cli.js.
    join(dirname(process.env['npm_execpath'] ?? ''), 'npx-cli.js'),
    join(home, 'node_modules/npm/bin/npx-cli.js'),
    join(home, '../lib/node_modules/npm/bin/npx-cli.js'),
    '/usr/share/nodejs/npm/bin/npx-cli.js',
  ];
  const npx = candidates.find((path) => existsSync(path));
  if (npx === undefined) {
    throw new Error('npm was not found beside this Node. Start this through npm, for example: npm test');
  }
  return [npx, '-y', packageManager];
}

/**
 * Runs pnpm and returns what it printed; throws with that text when it fails.
 *
 * @param {readonly string[]} args
 * @param {{ readonly cwd?: string }} [options]
 * @returns {string}
 */
export function pnpm(args, options = {}) {
  const result = spawnSync(process.execPath, [...pnpmArguments(), ...args], {
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
      `pnpm ${args.join(' ')} failed (${result.status ?? result.signal})\n${result.stdout}${result.stderr}`,
    );
  }
  return result.stdout;
}
