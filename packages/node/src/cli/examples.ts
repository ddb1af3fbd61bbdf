import type { Command, OptionValues } from '@commander-js/extra-typings';

/** Examples of a command, shown at the end of its help and in the reference. Every one is run by a test. */
export type Examples = readonly (readonly [line: string, what: string])[];

const known = new WeakMap<object, Examples>();

/** Adds examples to the help of a command. */
export function withExamples<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
  examples: Examples,
): void {
  known.set(command, examples);
  const lines = examples.map(([line, what]) => `  # ${what}\n  ${line}\n`);
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** What {@link withExamples} was told. */
export function examplesOf(command: object): Examples {
  return known.get(command) ?? [];
}
