import { AsrError } from '@org/asr-core';
import type { AsrErrorCode } from '@org/asr-core';

/** Assertions without a test runner, because the conformance suite also runs in a bare browser page. */

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Compares numbers, bigints, strings and (typed) arrays of them; NaN equals NaN. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  assert(show(actual) === show(expected), `${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Waits for `promise` to reject with an `AsrError` of this code, and returns it. */
export async function assertRejects(
  promise: Promise<unknown>,
  code: AsrErrorCode,
  ...inMessage: readonly string[]
): Promise<AsrError> {
  return checkError(await rejection(promise, code), code, inMessage);
}

/** As {@link assertRejects}, for a call that throws at once. */
export function assertThrows(call: () => unknown, code: AsrErrorCode): AsrError {
  try {
    call();
  } catch (error) {
    return checkError(error, code, []);
  }
  throw new Error(`expected ${code}, but the call returned`);
}

/** What `promise` rejects with. */
export async function rejection(promise: Promise<unknown>, expected: string): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected ${expected}, but the promise resolved`);
}

function checkError(error: unknown, code: AsrErrorCode, inMessage: readonly string[]): AsrError {
  assert(AsrError.isInstance(error), `expected an AsrError ${code}, got ${String(error)}`);
  assert(error.code === code, `expected ${code}, got ${error.code}: ${error.message}`);
  for (const part of inMessage) {
    assert(error.message.includes(part), `"${part}" is not in the message: ${error.message}`);
  }
  return error;
}

function show(value: unknown): string {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `[${Array.from(value as unknown as ArrayLike<number | bigint>, show).join(', ')}]`;
  }
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
