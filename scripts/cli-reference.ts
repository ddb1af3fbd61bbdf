/**
 * Writes the reference of the command line, `docs/guides/cli-reference.md`, from the code of its commands. Without
 * `--update` it only compares and fails where the committed page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command, Option } from 'commander';
import { format, resolveConfig } from 'prettier';
import { CliContext } from '../packages/node/src/cli/context.js';
import { examplesOf } from '../packages/node/src/cli/examples.js';
import { createProgram } from '../packages/node/src/cli/program.js';
import { root } from './package-manager.mjs';

const path = join(root, 'docs/guides/cli-reference.md');

const program = createProgram(
  new CliContext({
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    cwd: root,
    signal: new AbortController().signal,
  }),
) as unknown as Command;

const page = [
  '# Command line reference',
  'Made from the code by `npm run cli:update`. The guide is [The command line](command-line.md).',
  'Options of every command:',
  table('Option', visibleOptions(program).map(optionRow)),
  ...program.commands.flatMap((command) => describe(command, 2)),
].join('\n\n');
const wanted = await format(page, { ...(await resolveConfig(path)), parser: 'markdown' });

if (process.argv.includes('--update')) writeFileSync(path, wanted);
else if (readFileSync(path, 'utf8') !== wanted) {
  console.error(`${path}: commands have changed. Record that: npm run cli:update`);
  process.exitCode = 1;
}

function describe(command: Command, level: number): readonly string[] {
  const name = fullName(command);
  const help = command.createHelp();
  const title = `${'#'.repeat(level)} ${name}`;
  if (command.commands.length > 0) {
    return [title, command.description(), ...command.commands.flatMap((one) => describe(one, level + 1))];
  }
  const parts = [title, command.description(), `\`\`\`text\n${help.commandUsage(command)}\n\`\`\``];
  const operands = command.registeredArguments.map((one) => [
    code(one.name()),
    help.argumentDescription(one),
  ]);
  if (operands.length > 0) parts.push(table('Argument', operands));
  for (const [heading, options] of groups(command)) {
    parts.push(table(heading, options.map(optionRow)));
  }
  const examples = examplesOf(command).map(([line, what]) => `# ${what}\n${line}`);
  if (examples.length > 0) parts.push(`\`\`\`sh\n${examples.join('\n\n')}\n\`\`\``);
  return parts;
}

function groups(command: Command): ReadonlyMap<string, readonly Option[]> {
  const groups = new Map<string, Option[]>();
  for (const option of visibleOptions(command)) {
    const heading = option.helpGroupHeading?.replace(/:$/u, '') ?? 'Option';
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  return groups;
}

/** Help is an option of every command and no news. */
function visibleOptions(command: Command): readonly Option[] {
  return command.options.filter((option) => !option.hidden && option.long !== '--help');
}

function optionRow(option: Option): readonly string[] {
  const mandatory = option.mandatory ? ' (required)' : '';
  return [code(option.flags), program.createHelp().optionDescription(option) + mandatory];
}

function table(head: string, rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line([head, 'Meaning']), line(['---', '---']), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
