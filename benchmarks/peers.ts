import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('.peers', import.meta.url));

/**
 * A file of another library, imported.
 *
 * @param entry path of the module inside the package
 */
export async function importPeer(name: string, version: string, entry: string): Promise<unknown> {
  return import(pathToFileURL(join(installPeer(name, version), entry)).href);
}

/**
 * Folder of another library. It is installed on first use to `benchmarks/.peers`, apart from the workspace, so that nobody
 * who only installs or tests this project downloads it. Its install scripts don't run.
 */
export function installPeer(name: string, version: string): string {
  const root = join(folder, 'node_modules', name);
  if (installedVersion(root) !== version) {
    console.log(`Installing ${name} ${version} to benchmarks/.peers …`);
    mkdirSync(folder, { recursive: true });
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      // onnxruntime-node would otherwise fetch CUDA libraries of several hundred megabytes.
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
  }
  return root;
}

function installedVersion(root: string): string | undefined {
  const manifest = join(root, 'package.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version;
}
