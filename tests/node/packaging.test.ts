/** What users get: the packed packages, installed by npm into projects of their own, typed, imported and required. */
import { repositoryFile } from '@org/asr-testkit';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npm, pnpm } from '../../scripts/package-manager.mjs';

const temporary = mkdtempSync(join(tmpdir(), 'asr-packaging-'));
const hasRegistry = reachesRegistry();
const packages = ['core', 'node', 'model-whisper-tiny-en'];

function reachesRegistry(): boolean {
  try {
    npm(['view', 'onnxruntime-node', 'version', '--fetch-retries=0', '--fetch-timeout=10000']);
    return true;
  } catch {
    return false;
  }
}

/** Runs a script with Node and returns what it printed; throws with that when it fails. */
function node(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe.skipIf(!hasRegistry)('the packed packages', () => {
  beforeAll(() => {
    node(repositoryFile('.'), '--import', 'tsx', 'scripts/build.ts', ...packages);
    const tarballs = join(temporary, 'tarballs');
    for (const name of packages) {
      pnpm(['pack', '--pack-destination', tarballs], { cwd: repositoryFile(`packages/${name}`) });
    }
    const files = readdirSync(tarballs).map((file) => join(tarballs, file));
    expect(files).toHaveLength(packages.length);
    // Into the folder above the projects, where Node and TypeScript look too: ONNX Runtime is large.
    writeFileSync(join(temporary, 'package.json'), '{ "private": true }');
    npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...files], {
      cwd: temporary,
    });
  }, 300_000);

  it.each(['node-esm', 'node-cjs'])('are typed and transcribe in %s', (name) => {
    const project = join(temporary, name);
    cpSync(repositoryFile(`integrations/${name}`), project, { recursive: true });
    // The repository's compiler and Node types, so that a project needs nothing but what it uses.
    const typeRoots = repositoryFile('node_modules/@types');
    node(project, repositoryFile('node_modules/typescript/bin/tsc'), '-p', '.', '--typeRoots', typeRoots);

    const output = node(project, 'out/main.js', repositoryFile('tests/fixtures/audio/jfk.wav'));
    expect(JSON.parse(output)).toEqual({
      text: expect.stringMatching(/ask not what your country can do for you/i),
      backend: expect.stringContaining('onnxruntime-node'),
      code: 'MODEL_NOT_FOUND',
    });
  });
});
