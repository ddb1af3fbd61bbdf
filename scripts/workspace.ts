import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './package-manager.mjs';

/** A package that is built and published, with the workspace packages whose builds it needs. */
export interface WorkspacePackage {
  /** Folder under `packages/`. */
  readonly folder: string;
  readonly name: string;
  readonly needs: readonly string[];
  /** How its types are checked: dual ESM/CJS for Node, ESM only for browsers. */
  readonly typesProfile: 'node16' | 'esm-only';
  /** Entry points that are scripts to be loaded by address; they have no types. */
  readonly scripts?: readonly string[];
}

/** Every published package, in build order. */
export const workspacePackages: readonly WorkspacePackage[] = [
  { folder: 'core', name: '@org/asr-core', needs: [], typesProfile: 'node16' },
  {
    folder: 'model-silero-vad',
    name: '@org/asr-model-silero-vad',
    needs: ['core'],
    typesProfile: 'node16',
  },
  {
    folder: 'model-whisper-tiny-en',
    name: '@org/asr-model-whisper-tiny-en',
    needs: ['core'],
    typesProfile: 'node16',
  },
  { folder: 'node', name: '@org/asr-node', needs: ['core'], typesProfile: 'node16' },
  {
    folder: 'web',
    name: '@org/asr-web',
    needs: ['core'],
    typesProfile: 'esm-only',
    scripts: ['microphone-worklet'],
  },
];

/** Where scripts keep what can be made again. */
export const cacheFolder = join(root, 'node_modules/.cache/asr');

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
}

/** Path of a command that an installed package offers, to be started with Node (no shell, any system). */
export function commandPath(packageName: string, command = packageName): string {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly bin: string | Readonly<Record<string, string>>;
  };
  const path = typeof bin === 'string' ? bin : bin[command];
  if (path === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(folder, path);
}

/** Runs Node on a script and collects its output. */
export function node(args: readonly string[], cwd: string = root): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    let output = '';
    const collect = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}
