import { AsrError } from '../errors.js';

/** A JSON value that is an object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses a JSON file that must hold an object.
 *
 * @param name Name of the file, for messages.
 * @throws AsrError `MODEL_INVALID` when it is no JSON, or no object.
 */
export function parseJsonObject(bytes: Uint8Array, name: string): JsonObject {
  const value = parseJson(bytes, name);
  if (!isJsonObject(value)) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: expected a JSON object at the top, found ${describe(value)}.`,
    );
  }
  return value;
}

/**
 * Parses a JSON file that must hold a list of strings.
 *
 * @throws AsrError `MODEL_INVALID` when it is no JSON, or no such list.
 */
export function parseStringList(bytes: Uint8Array, name: string): readonly string[] {
  const value = parseJson(bytes, name);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new AsrError('MODEL_INVALID', `${name}: expected a list of strings, found ${describe(value)}.`);
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AsrError(
      'MODEL_INVALID',
      `${name}: not a JSON file in UTF-8 (${bytes.length} bytes). It may be cut short, or a Git LFS pointer or an ` +
        `error page saved under its name; get the file again.`,
      { cause },
    );
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Kind of a JSON value, for messages. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return JSON.stringify(value).slice(0, 60);
}
