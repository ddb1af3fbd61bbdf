import { elementCount } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import { floatArray, floatTensor } from './rows.js';
import type { FloatData, FloatType } from './rows.js';

/** Where the rows of a tensor lie and how much of each is in use. */
interface RowOrder {
  /** The axis that counts rows. */
  readonly axis: number;
  /** Leading positions of the axis after it that are in use; all when absent. The others are not copied. */
  readonly used?: number | undefined;
}

/** A new plain tensor whose row `i` is row `parents[i]` of `tensor`. */
export async function gatherRows(
  tensor: Tensor,
  parents: readonly number[],
  order: RowOrder,
): Promise<Tensor> {
  const type = tensor.type as FloatType;
  const data = (tensor.location === 'cpu' ? tensor.data : await tensor.read()) as FloatData;
  const { axis } = order;
  const rows = tensor.dims[axis]!;
  const outer = elementCount(tensor.dims.slice(0, axis));
  const block = elementCount(tensor.dims.slice(axis + 1));
  const used = order.used === undefined ? block : (block / tensor.dims[axis + 1]!) * order.used;
  const dims = tensor.dims.with(axis, parents.length);
  const target = floatArray(type, elementCount(dims));
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < parents.length; i++) {
      const from = (o * rows + parents[i]!) * block;
      target.set(data.subarray(from, from + used), (o * parents.length + i) * block);
    }
  }
  return floatTensor(type, target, dims);
}
