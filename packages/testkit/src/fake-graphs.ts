import { TENSOR_TYPES } from '@org/asr-core';
import type { TensorInfo, TensorType } from '@org/asr-core';
import type { FakeGraph, FakeOutput } from './fake-backend.js';
import { EXTERNAL_DATA } from './graphs.js';

/** The conformance suite's graphs as JavaScript functions, for {@link FakeBackend}. */
export const fakeTestGraphs: Readonly<Record<string, FakeGraph>> = {
  add: {
    inputs: [info('a', 'batch', 4), info('b', 'batch', 4)],
    outputs: [info('sum', 'batch', 4), info('difference', 'batch', 4)],
    run({ a, b }) {
      const [x, y] = [a!.data as Float32Array, b!.data as Float32Array];
      return {
        sum: output(
          a!.dims,
          x.map((value, index) => value + y[index]!),
        ),
        difference: output(
          a!.dims,
          x.map((value, index) => value - y[index]!),
        ),
      };
    },
  },
  matmul: {
    inputs: [info('x', 'rows', 3)],
    outputs: [info('y', 'rows', 2)],
    run({ x }) {
      const rows = x!.dims[0]!;
      const data = x!.data as Float32Array;
      const y = new Float32Array(rows * 2);
      for (let row = 0; row < rows; row++) {
        const [a, b, c] = data.subarray(row * 3) as unknown as [number, number, number];
        y.set([a + 3 * b + 5 * c, 2 * a + 4 * b + 6 * c], row * 2);
      }
      return { y: output([rows, 2], y) };
    },
  },
  'concat-cache': {
    inputs: [info('past', 1, 'past', 2), info('step', 1, 'steps', 2)],
    outputs: [info('present', 1, 'present', 2), info('total', 1, 2)],
    run({ past, step }) {
      const joined = Float32Array.of(...(past!.data as Float32Array), ...(step!.data as Float32Array));
      const total = new Float32Array(2);
      joined.forEach((value, index) => (total[index % 2]! += value));
      return { present: output([1, joined.length / 2, 2], joined), total: output([1, 2], total) };
    },
  },
  reshape: {
    inputs: [info('x', 'n'), { name: 'shape', type: 'int64', dims: ['rank'] }],
    outputs: [info('y', 'rows', 'columns')],
    run({ x, shape }) {
      return { y: output(Array.from(shape!.data as BigInt64Array, Number), x!.data as Float32Array) };
    },
  },
  slow: {
    inputs: [info('x', 64, 64), { name: 'iterations', type: 'int64', dims: [] }],
    outputs: [info('y', 64, 64)],
    async run({ x, iterations }) {
      const milliseconds = Number((iterations!.data as BigInt64Array)[0]!) / 100;
      await new Promise((resolve) => {
        setTimeout(resolve, milliseconds);
      });
      return { y: output(x!.dims, x!.data as Float32Array) };
    },
  },
  external: {
    inputs: [info('x', 4)],
    outputs: [info('y', 4)],
    externalData: [EXTERNAL_DATA],
    run({ x }, external) {
      const weights = new Float32Array(external[EXTERNAL_DATA]!.slice().buffer);
      return {
        y: output(
          [4],
          (x!.data as Float32Array).map((value, index) => value + weights[index]!),
        ),
      };
    },
  },
  ...Object.fromEntries(TENSOR_TYPES.map((type) => [`identity-${type}`, identity(type)])),
};

function identity(type: TensorType): FakeGraph {
  return {
    inputs: [{ name: 'x', type, dims: ['n'] }],
    outputs: [{ name: 'y', type, dims: ['n'] }],
    run: ({ x }) => ({ y: { type, dims: x!.dims, data: x!.data } }),
  };
}

function info(name: string, ...dims: readonly (number | string)[]): TensorInfo {
  return { name, type: 'float32', dims };
}

function output(dims: readonly number[], data: Float32Array): FakeOutput {
  return { type: 'float32', dims, data };
}
