import { Command } from '@commander-js/extra-typings';
import { registerAlign } from './commands/align.js';
import { registerBench } from './commands/bench.js';
import { registerCompare } from './commands/compare.js';
import { registerEvaluate } from './commands/evaluate.js';
import { registerInspect } from './commands/inspect.js';
import { registerListen } from './commands/listen.js';
import { registerModels } from './commands/models.js';
import { registerTranscribe } from './commands/transcribe.js';
import { CliContext, type CliProcess } from './context.js';
import { exitCodeOf, reportError } from './errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { packageVersion } from './version.js';

/** Every command, in the order of the help. A command is a file of `commands/`. */
const COMMANDS: readonly ((program: Command, context: CliContext) => void)[] = [
  registerTranscribe,
  registerListen,
  registerAlign,
  registerInspect,
  registerModels,
  registerEvaluate,
  registerCompare,
  registerBench,
];

/** The whole command line, without having read anything. */
export function createProgram(context: CliContext): Command {
  const { stdout, stderr } = context.process;
  const program = new Command('asr')
    .description('Speech recognition on this machine.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .option('-q, --quiet', 'print results and errors only')
    .option('--debug', 'print stacks of errors')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHasColors: () => context.hasColors('stdout'),
      getErrHasColors: () => context.hasColors('stderr'),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })
    .exitOverride()
    .showHelpAfterError('(--help says more)');
  program.hook('preAction', () => {
    const { quiet, debug } = program.opts();
    context.quiet = quiet === true;
    context.debug = debug === true;
  });
  // Commands add options of their own, whatever the program's are.
  const untyped = program as unknown as Command;
  for (const register of COMMANDS) register(untyped, context);
  return untyped;
}

/** Runs the command line. @returns how the process should end. */
export async function runCli(args: readonly string[], process: CliProcess): Promise<ExitCode> {
  const context = new CliContext(process);
  const program = createProgram(context);
  if (args.length === 0) {
    program.outputHelp({ error: true });
    return EXIT.usage;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    reportError(context, error);
    return exitCodeOf(error);
  }
}
