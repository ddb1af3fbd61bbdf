/** Element types that ONNX graphs of speech models use. */
export interface TensorDataMap {
  /** IEEE single floats. */
  readonly float32: Float32Array;
  /** IEEE half floats as raw bits. */
  readonly float16: Uint16Array;
  /** IEEE double floats. */
  readonly float64: Float64Array;
  /** 8-bit integers, −128…127. */
  readonly int8: Int8Array;
  /** 8-bit integers, 0…255. */
  readonly uint8: Uint8Array;
  /** 16-bit integers, signed. */
  readonly int16: Int16Array;
  /** 16-bit integers, unsigned. */
  readonly uint16: Uint16Array;
  /** 32-bit integers, signed. */
  readonly int32: Int32Array;
  /** 32-bit integers, unsigned. */
  readonly uint32: Uint32Array;
  /** 64-bit integers, signed. */
  readonly int64: BigInt64Array;
  /** 64-bit integers, unsigned. */
  readonly uint64: BigUint64Array;
  /** One byte per element, 0 or 1. */
  readonly bool: Uint8Array;
}

/** Name of an element type. */
export type TensorType = keyof TensorDataMap;
/** All element types. */
export const TENSOR_TYPES: readonly TensorType[] = [
  'float32',
  'float16',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
];
/** Elements of a tensor of any type. */
export type TensorData = TensorDataMap[TensorType];

/**
 * An n-dimensional array, row-major.
 *
 * Ownership: whoever receives a tensor from `session.run` owns it and calls `dispose()` once; passing
 * it to another `run` does not give it away. Tensors made with {@link createTensor} hold plain memory;
 * disposing them is allowed and does nothing.
 */
export interface Tensor<T extends TensorType = TensorType> {
  /** Element type. */
  readonly type: T;
  /** Size of every dimension; empty for a scalar. */
  readonly dims: readonly number[];
  /** `cpu` when `data` can be read at once; `device` when it lives in a GPU or another thread. */
  readonly location: 'cpu' | 'device';
  /** The elements. Throws `BACKEND_FAILED` for a tensor on a device (use `read()`), `DISPOSED` after `dispose()`. */
  readonly data: TensorDataMap[T];
  /** The elements, fetched from the device where needed. */
  read(): Promise<TensorDataMap[T]>;
  /** Frees native or device memory. Idempotent. Elements that were read stay the caller's. */
  dispose(): void;
  /**
   * Disposes the tensor and takes back the elements that `data` and `read` gave out, so that their memory is free at once and not
   * when a garbage collector finds it: from here on those arrays must not be used. For outputs of some size that are read at every
   * step. Idempotent. Backends without it leave the memory to the collector; {@link freeTensor} calls what there is.
   */
  free?(): void;
}

class PlainTensor<T extends TensorType> implements Tensor<T> {
  readonly location = 'cpu';
  constructor(
    readonly type: T,
    readonly data: TensorDataMap[T],
    readonly dims: readonly number[],
  ) {}
  read(): Promise<TensorDataMap[T]> {
    return Promise.resolve(this.data);
  }
  dispose(): void {}
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/**
 * Wraps an array as a tensor without copying it.
 *
 * @throws RangeError when `dims` and the length of `data` disagree.
 */
export function createTensor<T extends TensorType>(
  type: T,
  data: TensorDataMap[T],
  dims: readonly number[],
): Tensor<T> {
  const expected = elementCount(dims);
  if (data.length !== expected) {
    throw new RangeError(
      `tensor [${dims.join(', ')}] needs ${expected} elements, its data has ${data.length}`,
    );
  }
  return new PlainTensor(type, data, dims);
}

/** A copy of a tensor's elements. Not `data.slice()`: that of a Node `Buffer`, a `Uint8Array`, copies nothing. */
export function copyElements<D extends TensorData>(data: D): D {
  return (data instanceof Uint8Array ? new Uint8Array(data) : data.slice()) as D;
}

/** Disposes every tensor of a `run` result (or part of one). */
export function disposeTensors(tensors: Readonly<Record<string, Tensor>> | Iterable<Tensor>): void {
  const all = Symbol.iterator in tensors ? tensors : Object.values(tensors);
  for (const tensor of all) tensor.dispose();
}

/** Ends a tensor together with the arrays that were read of it, see `Tensor.free`: nobody may hold one any more. */
export function freeTensor(tensor: Tensor): void {
  if (tensor.free) tensor.free();
  else tensor.dispose();
}
