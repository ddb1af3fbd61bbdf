import { halfToFloat } from '../../../inference/half-float.js';
import { freeTensor } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import type { FloatData } from './rows.js';

/** The elements of a float tensor as float32; of a float32 tensor in plain memory, its own. */
export async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const data = (await tensor.read()) as FloatData;
  return data instanceof Float32Array ? data : halfToFloat(data);
}

/** The elements of a float tensor as float32 of its own; the tensor is disposed. */
export async function takeFloats(tensor: Tensor): Promise<Float32Array> {
  try {
    return (await readFloats(tensor)).slice();
  } finally {
    freeTensor(tensor);
  }
}
