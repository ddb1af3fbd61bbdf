import { PassThrough, Readable } from 'node:stream';
import { repositoryFile } from '@org/asr-testkit';
import type { CliProcess, Terminal } from '../../../packages/node/src/cli/context.js';
import { runCli } from '../../../packages/node/src/cli/program.js';

/** What a run printed and how it ended. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a test runs `asr`; by default in the repository, without a terminal, with nothing on stdin. */
export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
  readonly signal?: AbortSignal;
  /** Whether stdout and stderr are terminals. */
  readonly isTTY?: boolean;
}

/** Runs `asr` within this process. */
export async function asr(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const { cwd = repositoryFile('.'), env = {}, stdin, isTTY = false } = options;
  const [stdout, stderr] = [collector(isTTY), collector(isTTY)];
  const process: CliProcess = {
    stdin: Object.assign(Readable.from(stdin ? [stdin] : []), { isTTY: stdin === undefined }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    cwd,
    signal: options.signal ?? new AbortController().signal,
  };
  const code = await runCli(args, process);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(isTTY: boolean): { readonly stream: Terminal; text(): string } {
  const chunks: Buffer[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    stream,
    // What was written in this turn has not been handed over yet.
    text: () =>
      Buffer.concat([...chunks, ...(stream.readableLength > 0 ? [stream.read() as Buffer] : [])]).toString(),
  };
}
