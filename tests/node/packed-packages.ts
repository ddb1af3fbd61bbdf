import { repositoryFile } from '@org/asr-testkit';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { npm, pnpm } from '../../scripts/package-manager.mjs';

/** Whether packages can be installed here. */
export const hasRegistry = reachesRegistry();

function reachesRegistry(): boolean {
  try {
    npm(['view', 'onnxruntime-node', 'version', '--fetch-retries=0', '--fetch-timeout=10000']);
    return true;
  } catch {
    return false;
  }
}

/** Builds packages and packs each as npm would publish it; gives the paths of the tarballs by package name. */
export function packPackages(folders: readonly string[], destination: string): ReadonlyMap<string, string> {
  runNode(repositoryFile('.'), '--import', 'tsx', 'scripts/build.ts', ...folders);
  return new Map(
    folders.map((folder) => {
      const target = join(destination, folder);
      pnpm(['pack', '--pack-destination', target], { cwd: repositoryFile(`packages/${folder}`) });
      return [`@org/asr-${folder}`, join(target, readdirSync(target)[0]!)];
    }),
  );
}

/** Runs a script with Node and returns what it printed; throws with that when it fails. */
export function runNode(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    // What Vitest sets for its own workers would make bundlers build for tests.
    env: { ...process.env, NODE_ENV: undefined, VITEST: undefined },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}
