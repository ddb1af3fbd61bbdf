import { AsrError } from '@org/asr-node';
import { CommanderError } from 'commander';
import { Interruption, type CliContext } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** The command line can't work. Its message says which option and what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a failure means for how the run ends. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Interruption) return error.exitCode;
  // Help and version are errors to commander, and no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  return isUsageError(error) ? EXIT.usage : EXIT.failed;
}

/** Whether every input would fail like this. TypeError and RangeError are the library's words for wrong options. */
export function isUsageError(error: unknown): boolean {
  if (AsrError.isInstance(error)) return error.code === 'OPTION_UNSUPPORTED';
  return error instanceof UsageError || error instanceof RangeError || error instanceof TypeError;
}

/** One line for people: the code where there is one, and the message. */
export function describeError(error: unknown): string {
  if (AsrError.isInstance(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** Tells an error on stderr; `--debug` adds stacks. Commander has printed its own already. */
export function reportError(context: CliContext, error: unknown): void {
  if (error instanceof CommanderError) return;
  context.fail(describeError(error));
  if (!context.debug) return;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    context.process.stderr.write(`${cause.stack}\n`);
  }
}
