import { AsrError, copyElements } from '@org/asr-core';
import type { Tensor, TensorData, TensorDataMap, TensorType } from '@org/asr-core';
import { messageOf } from './runtime.js';
import type { OrtModule, OrtTensorValue } from './runtime.js';

/** Counts the output tensors of a backend that were not disposed yet. */
export class TensorLedger {
  live = 0;
}

/** An output of ONNX Runtime. It keeps the runtime's own tensor, so that feeding it back copies nothing. */
export class OrtTensor<T extends TensorType = TensorType> implements Tensor<T> {
  readonly location = 'cpu';
  readonly type: T;
  readonly dims: readonly number[];
  readonly #ledger: TensorLedger;
  #value: OrtTensorValue | undefined;

  constructor(ort: OrtModule, value: OrtTensorValue, ledger: TensorLedger) {
    this.type = value.type as T;
    this.dims = value.dims;
    this.#value = value.type === 'float16' ? halfFloats(ort, value.data as TensorData, value.dims) : value;
    this.#ledger = ledger;
    ledger.live += 1;
  }

  /** The runtime's tensor behind `tensor`; undefined when it isn't one of ours. @throws AsrError `DISPOSED` */
  static valueOf(tensor: Tensor): OrtTensorValue | undefined {
    return #value in tensor ? tensor.#open() : undefined;
  }

  get data(): TensorDataMap[T] {
    return this.#open().data as TensorDataMap[T];
  }

  async read(): Promise<TensorDataMap[T]> {
    return this.data;
  }

  dispose(): void {
    if (this.#value === undefined) return;
    // The runtime's own dispose() is not called: a run that was started with this tensor may still wait for its
    // turn. Dropping the reference is enough, the memory belongs to the array.
    this.#value = undefined;
    this.#ledger.live -= 1;
  }

  #open(): OrtTensorValue {
    if (this.#value === undefined) {
      throw new AsrError('DISPOSED', `this ${this.type} [${this.dims.join(', ')}] tensor was disposed`);
    }
    return this.#value;
  }
}

/**
 * What to hand to ONNX Runtime for one feed: our own tensors untouched, others as a copy, because the runtime
 * reads feeds on a later turn of the event loop and callers may reuse theirs at once.
 *
 * @throws AsrError `BACKEND_FAILED` when type, data and dims contradict each other; `DISPOSED`.
 */
export function toOrtTensor(
  ort: OrtModule,
  name: string,
  tensor: Tensor,
): OrtTensorValue | Promise<OrtTensorValue> {
  const own = OrtTensor.valueOf(tensor);
  if (own !== undefined) return own;
  const { type } = tensor;
  const dims = [...tensor.dims];
  if (tensor.location === 'cpu') return wrap(ort, name, type, copyElements(tensor.data), dims);
  return tensor.read().then((data) => wrap(ort, name, type, data, dims));
}

function wrap(
  ort: OrtModule,
  name: string,
  type: TensorType,
  data: TensorData,
  dims: number[],
): OrtTensorValue {
  try {
    return type === 'float16' ? halfFloats(ort, data, dims) : new ort.Tensor(type, data, dims);
  } catch (cause) {
    throw new AsrError('BACKEND_FAILED', `feed "${name}" is not a valid tensor: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/**
 * Half floats as raw bits. Where `Float16Array` exists (Node 24), the constructor of ONNX Runtime's `Tensor` turns the
 * bits into one, which its native binding then takes for empty. A tensor of 16-bit integers under the right name
 * is what the binding reads.
 */
function halfFloats(ort: OrtModule, data: TensorData, dims: readonly number[]): OrtTensorValue {
  if (data.BYTES_PER_ELEMENT !== Uint16Array.BYTES_PER_ELEMENT) {
    throw new TypeError(
      `a float16 tensor holds its bits in a Uint16Array, not in a ${data.constructor.name}`,
    );
  }
  const bits = new Uint16Array(data.buffer, data.byteOffset, data.length);
  return Object.assign(new ort.Tensor('uint16', bits, [...dims]), { type: 'float16' as const });
}
