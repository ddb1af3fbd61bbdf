import { AsrError } from '../../errors.js';
import type { InferenceSession, TensorInfo } from '../../inference/backend.js';
import type { CtcModelConfig } from './config.js';

/** Numbers in a state; those of real models have less than a million. */
const MAX_STATE = 1 << 26;

/**
 * Checks the description of a model against its graph, so that a mistake is named when the model is loaded rather than
 * by a runtime's message in the middle of a transcription.
 *
 * @param bins Width of the front end's rows.
 * @throws AsrError `MODEL_INVALID`
 */
export function checkSignature(
  session: InferenceSession,
  config: CtcModelConfig,
  bins: number,
  file: string,
): void {
  const { input, output, vocabulary, execution } = config;
  const states = execution?.type === 'stateful' ? execution.states : [];
  const inputs = [
    input.name,
    ...(input.lengths ? [input.lengths.name] : []),
    ...states.map((state) => state.input),
  ];
  const outputs = [
    output.name,
    ...(output.lengths === undefined ? [] : [output.lengths]),
    ...states.map((state) => state.output),
  ];
  const fail = (problem: string): never => {
    throw new AsrError('MODEL_INVALID', `${file}: ${problem}`);
  };
  for (const name of inputs) {
    if (!has(session.inputs, name)) fail(`has no input "${name}"; it takes ${list(session.inputs)}.`);
  }
  for (const { name } of session.inputs) {
    if (!inputs.includes(name)) fail(`takes an input "${name}" that nothing is known to feed.`);
  }
  for (const name of outputs) {
    if (!has(session.outputs, name)) fail(`has no output "${name}"; it gives ${list(session.outputs)}.`);
  }
  for (const { input: name } of states) {
    const { dims: size } = session.inputs.find((info) => info.name === name)!;
    if (!size) fail(`the runtime doesn't tell the size of state "${name}", so it can't be started.`);
    const values = size!.reduce<number>((count, dim) => count * (typeof dim === 'number' ? dim : 1), 1);
    if (values > MAX_STATE) fail(`state "${name}" of shape [${size!.join(', ')}] is too large to be one.`);
  }
  const width = session.outputs.find(({ name }) => name === output.name)?.dims?.at(-1);
  if (typeof width === 'number' && width !== vocabulary.labels.length) {
    fail(
      `gives ${width} labels, the vocabulary has ${vocabulary.labels.length}; they don't belong together.`,
    );
  }
  const dims = session.inputs.find(({ name }) => name === input.name)?.dims;
  if (dims && !fits(dims, input.shape, bins)) {
    fail(
      `input "${input.name}" has shape [${dims.join(', ')}], expected [${input.shape.join(', ')}] with ${bins} bins.`,
    );
  }
  const rows = dims?.[input.shape.indexOf('rows')];
  if (execution?.type === 'stateful' && typeof rows === 'number' && rows !== execution.rows) {
    fail(`input "${input.name}" takes ${rows} rows a run, the description says ${execution.rows}.`);
  }
}

function fits(
  dims: readonly (number | string)[],
  shape: CtcModelConfig['input']['shape'],
  bins: number,
): boolean {
  if (dims.length !== shape.length) return false;
  return dims.every((dim, axis) => {
    const wanted = shape[axis] === 'bins' ? bins : shape[axis];
    return typeof dim === 'string' || typeof wanted === 'string' || dim === wanted;
  });
}

function has(infos: readonly TensorInfo[], name: string): boolean {
  return infos.some((info) => info.name === name);
}

function list(infos: readonly TensorInfo[]): string {
  return infos.map((info) => `"${info.name}"`).join(', ') || 'none';
}
