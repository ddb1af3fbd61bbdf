import { AsrError, copyElements } from '@org/asr-core';
import type { Tensor, TensorData, TensorDataMap, TensorType } from '@org/asr-core';
import { messageOf } from './messages.js';
import type { OrtModule, OrtTensorValue } from './runtime.js';

/** Counts the output tensors of a backend that were not disposed yet. */
export class TensorLedger {
  live = 0;
}

/** An output of ONNX Runtime. It keeps the runtime's own tensor, which goes back in without being wrapped again. */
export class OrtTensor<T extends TensorType = TensorType> implements Tensor<T> {
  // The wasm build copies outputs out of its memory, so that all of them can be read at once.
  readonly location = 'cpu';
  readonly type: T;
  readonly dims: readonly number[];
  readonly #ledger: TensorLedger;
  #value: OrtTensorValue | undefined;

  constructor(value: OrtTensorValue, ledger: TensorLedger) {
    this.type = value.type as T;
    this.dims = value.dims;
    this.#value = value;
    this.#ledger = ledger;
    ledger.live += 1;
  }

  /** The runtime's tensor behind `tensor`; undefined when it isn't one of ours. @throws AsrError `DISPOSED` */
  static valueOf(tensor: Tensor): OrtTensorValue | undefined {
    return #value in tensor ? tensor.#open() : undefined;
  }

  get data(): TensorDataMap[T] {
    return rawBits(this.#open().data as TensorData) as TensorDataMap[T];
  }

  async read(): Promise<TensorDataMap[T]> {
    return this.data;
  }

  dispose(): void {
    if (this.#value === undefined) return;
    // Not the runtime's own dispose(): a queued run may still hold this tensor. The memory is the array's.
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
 * What to hand to ONNX Runtime for one feed: our own tensors untouched, others as a copy, because the run may wait
 * in the queue while the caller reuses its array.
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
    return new ort.Tensor(type, data, dims);
  } catch (cause) {
    throw new AsrError('BACKEND_FAILED', `feed "${name}" is not a valid tensor: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Browsers with `Float16Array` get half floats as one from ONNX Runtime; the contract is raw bits. */
function rawBits(data: TensorData): TensorData {
  return data.constructor.name === 'Float16Array'
    ? new Uint16Array(data.buffer, data.byteOffset, data.length)
    : data;
}
