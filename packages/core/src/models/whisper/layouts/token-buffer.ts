import { createTensor } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';

/**
 * An int64 input that is written again for every step. Ids are small and not negative, so only the low words
 * are written: no BigInt is made. (JavaScript's typed arrays are little-endian wherever ONNX Runtime runs.)
 */
export class Int64Input {
  #low = new Int32Array(0);
  #tensor: Tensor<'int64'> | undefined;

  /**
   * @param values Not negative. Read from `start` on, `stride` apart, until the shape is full.
   * @returns The same tensor for the same shape, filled anew.
   */
  write(values: ArrayLike<number>, dims: readonly number[], start = 0, stride = 1): Tensor<'int64'> {
    const tensor = this.#shaped(dims);
    const low = this.#low;
    for (let i = 0; i < low.length; i += 2) low[i] = values[start + (i >> 1) * stride]!;
    return tensor;
  }

  /** Fills the input with `first`, `first + 1`, … */
  count(first: number, length: number): Tensor<'int64'> {
    const tensor = this.#shaped([length]);
    for (let i = 0; i < length; i++) this.#low[2 * i] = first + i;
    return tensor;
  }

  #shaped(dims: readonly number[]): Tensor<'int64'> {
    const last = this.#tensor;
    if (last && last.dims.length === dims.length && last.dims.every((dim, axis) => dim === dims[axis])) {
      return last;
    }
    const data = new BigInt64Array(dims.reduce((product, dim) => product * dim, 1));
    this.#low = new Int32Array(data.buffer);
    this.#tensor = createTensor('int64', data, dims);
    return this.#tensor;
  }
}
