import { InvalidArgumentError } from 'commander';

/** Reads a whole number; for `argParser` of options. */
export function wholeNumber(from: number, to = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= from && value <= to) return value;
    const range = to === Number.MAX_SAFE_INTEGER ? `of ${from} or more` : `from ${from} to ${to}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}

/** Reads a number. */
export function realNumber(from = -Infinity, to = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= from && value <= to) return value;
    const range =
      from === -Infinity ? '' : to === Infinity ? ` of ${from} or more` : ` from ${from} to ${to}`;
    throw new InvalidArgumentError(`Expected a number${range}.`);
  };
}

/** Reads values separated by commas, each one of some. */
export function listOf<const T extends string>(choices: readonly T[]): (text: string) => readonly T[] {
  return (text) =>
    text.split(',').map((item) => {
      const found = choices.find((choice) => choice === item.trim());
      if (found !== undefined) return found;
      throw new InvalidArgumentError(`Allowed, separated by commas: ${choices.join(', ')}.`);
    });
}

/** Collects the values of an option that may be repeated. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
