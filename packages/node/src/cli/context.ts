import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import { EXIT, type ExitCode } from './exit-codes.js';

/** A stream that may be a terminal. */
export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a run of the command line may touch of its process; tests pass their own. */
export interface CliProcess {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Results. */
  readonly stdout: Terminal;
  /** Progress, notes and errors. */
  readonly stderr: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by SIGINT and SIGTERM; its reason is an {@link Interruption}. */
  readonly signal: AbortSignal;
}

/** Why a run was stopped. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly exitCode: ExitCode;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`stopped by ${signal}`);
    this.exitCode = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  }
}

type Style = Parameters<typeof styleText>[0];

/** What commands print with: results to stdout and nothing else there, the rest to stderr. */
export class CliContext {
  readonly process: CliProcess;
  /** `--quiet`: no notes and no progress bars. */
  quiet = false;
  /** `--debug`: stacks of errors. */
  debug = false;
  /** How the run will end if nothing throws. */
  exitCode: ExitCode = EXIT.ok;

  constructor(process: CliProcess) {
    this.process = process;
  }

  get signal(): AbortSignal {
    return this.process.signal;
  }

  /** Prints a line of the result. */
  print(line: string): void {
    this.process.stdout.write(`${line}\n`);
  }

  /** Prints the result for programs. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, undefined, 2));
  }

  /** Tells people something that is no result; `--quiet` silences it. */
  note(line: string): void {
    if (!this.quiet) this.process.stderr.write(`${line}\n`);
  }

  /** Tells of a failure. */
  fail(line: string): void {
    this.process.stderr.write(`${this.style('red', 'asr:', 'stderr')} ${line}\n`);
  }

  /** Whether moving progress can be shown. */
  get hasLiveTerminal(): boolean {
    return !this.quiet && this.process.stderr.isTTY === true && this.process.env['TERM'] !== 'dumb';
  }

  /** Marks text up where the stream is a terminal that wants it (NO_COLOR, no-color.org). */
  style(style: Style, text: string, stream: 'stdout' | 'stderr' = 'stdout'): string {
    // The stream that counts is this run's, not the process's.
    return this.hasColors(stream) ? styleText(style, text, { validateStream: false }) : text;
  }

  hasColors(stream: 'stdout' | 'stderr'): boolean {
    const { env } = this.process;
    return this.process[stream].isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  }
}
