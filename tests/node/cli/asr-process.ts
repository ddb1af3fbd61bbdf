/** `asr` as a process of its own, from the sources. */
import { repositoryFile } from '@org/asr-testkit';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a process printed and how it ended. */
export interface ProcessResult {
  /** `null` when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that was started. */
export interface AsrProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<ProcessResult>;
}

interface ProcessOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** For processes that run the sources: tsx finds their paths wherever the process runs. */
export const processEnvironment = { TSX_TSCONFIG_PATH: repositoryFile('tsconfig.base.json'), NO_COLOR: '1' };
const command = [
  '--import',
  import.meta.resolve('tsx'),
  repositoryFile('packages/node/src/cli/main.ts'),
] as const;

/** Starts `asr` with stdin closed. */
export function startAsr(args: readonly string[], options: ProcessOptions): AsrProcess {
  return start(process.execPath, [...command, ...args], options);
}

/** Runs a line of a shell; `asr` must be on its PATH, see {@link writeAsrScript}. */
export function runShell(line: string, options: ProcessOptions): Promise<ProcessResult> {
  return start('sh', ['-e', '-c', line], options).ended;
}

/** Writes programs `asr` and `npx`, the latter for `npx asr` and `npx @org/asr-node`, into a folder, for its PATH. */
export async function writeAsrScript(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const line = [process.execPath, ...command].map((part) => `'${part}'`).join(' ');
  const scripts = {
    asr: `exec ${line} "$@"\n`,
    npx: `case $1 in asr | @org/asr-node) shift; exec ${line} "$@" ;; *) exit 127 ;; esac\n`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}`);
    await chmod(join(folder, name), 0o755);
  }
}

function start(program: string, args: readonly string[], { cwd, env }: ProcessOptions): AsrProcess {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...processEnvironment, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, ended };
}
