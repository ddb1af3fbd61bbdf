import { AsrError } from '../errors.js';
import type { TensorInfo } from './backend.js';
import type { Tensor } from './tensor.js';

/**
 * Checks the feeds of a run against what the graph declares, so that every backend reports a mistake the same
 * way and by the tensor's name (runtimes ignore extra feeds and often don't name the one they dislike).
 *
 * Fixed sizes are compared; symbolic ones are left to the runtime.
 *
 * @param model The model file's name, for messages.
 * @throws AsrError `BACKEND_FAILED`
 */
export function checkFeeds(
  model: string,
  inputs: readonly TensorInfo[],
  feeds: Readonly<Record<string, Tensor>>,
): void {
  for (const input of inputs) {
    const tensor = feeds[input.name];
    if (tensor === undefined) throw failed(model, `input "${input.name}" is missing from the feeds`);
    checkFeed(model, input, tensor);
  }
  for (const name of Object.keys(feeds)) {
    if (!inputs.some((input) => input.name === name)) {
      throw failed(model, `has no input "${name}"; it takes ${names(inputs)}`);
    }
  }
}

/**
 * Checks names of outputs (fetches, `deviceOutputs`) against what the graph declares.
 *
 * @param option What the names were given as, for messages.
 * @throws AsrError `BACKEND_FAILED` for a name that is no output; RangeError for an empty list of fetches.
 */
export function checkOutputNames(
  model: string,
  option: 'fetches' | 'deviceOutputs',
  outputs: readonly TensorInfo[],
  wanted: readonly string[] | undefined,
): void {
  if (option === 'fetches' && wanted?.length === 0) {
    throw new RangeError('fetches is empty: name at least one output, or leave it out to get all');
  }
  for (const name of wanted ?? []) {
    if (!outputs.some((output) => output.name === name)) {
      throw failed(model, `${option} names "${name}", which is no output; it has ${names(outputs)}`);
    }
  }
}

function checkFeed(model: string, input: TensorInfo, tensor: Tensor): void {
  if (input.type !== undefined && tensor.type !== input.type) {
    throw failed(model, `input "${input.name}" takes ${input.type}, got ${tensor.type}`);
  }
  const { dims } = input;
  if (dims === undefined) return;
  const fits =
    dims.length === tensor.dims.length &&
    dims.every((dim, axis) => typeof dim === 'string' || dim === tensor.dims[axis]);
  if (!fits) {
    throw failed(
      model,
      `input "${input.name}" takes shape [${dims.join(', ')}], got [${tensor.dims.join(', ')}]`,
    );
  }
}

function names(infos: readonly TensorInfo[]): string {
  return infos.map((info) => `"${info.name}"`).join(', ') || 'none';
}

function failed(model: string, problem: string): AsrError {
  return new AsrError('BACKEND_FAILED', `${model}: ${problem}`);
}
