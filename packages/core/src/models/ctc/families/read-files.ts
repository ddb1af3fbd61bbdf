import { AsrError } from '../../../errors.js';
import type { ModelFiles } from '../../../hub/model-files.js';
import { parseJsonObject, type JsonObject } from '../../../text/json-file.js';
import type { Detection } from '../../family.js';

/** The bytes of a small file. */
export async function readBytes(
  files: ModelFiles,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  return (await files.open(name, signal)).bytes(signal);
}

/** A JSON file where there is one. */
export async function readJson(
  files: ModelFiles,
  names: readonly string[],
  name: string,
  signal: AbortSignal | undefined,
): Promise<JsonObject | undefined> {
  return names.includes(name) ? parseJsonObject(await readBytes(files, name, signal), name) : undefined;
}

/**
 * A positive whole number of a configuration, where it is stated.
 *
 * @throws AsrError `MODEL_INVALID` when it is something else.
 */
export function positive(config: JsonObject, key: string, file: string): number | undefined {
  const value = config[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new AsrError(
    'MODEL_INVALID',
    `${key} in ${file} must be a positive whole number, found ${JSON.stringify(value)}.`,
  );
}

/** @throws AsrError `MODEL_INVALID` when there is no list of numbers under this key. */
export function numberList(json: JsonObject, key: string, file: string): readonly number[] {
  const value = json[key];
  const isList = Array.isArray(value) && value.every((item) => Number.isFinite(item));
  if (isList && value.length > 0) return value as number[];
  throw new AsrError('MODEL_INVALID', `${file}: ${key} must be a list of numbers.`);
}

export function matches(reason: string): Detection {
  return { matches: true, reason };
}

export function doesNotMatch(reason: string): Detection {
  return { matches: false, reason };
}
