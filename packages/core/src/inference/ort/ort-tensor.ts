import { AsrError } from '../../errors.js';
import { copyElements } from '../tensor.js';
import type { Tensor, TensorData, TensorDataMap, TensorType } from '../tensor.js';
import type { OrtBinding, OrtValue } from './binding.js';

/** A feed of a run: the runtime's own tensor, and what ends its use. */
export interface BoundFeed<V> {
  readonly value: V | Promise<V>;
  readonly release: () => void;
}

/** An output of ONNX Runtime. It keeps the runtime's own tensor, so that feeding it back copies nothing. */
export class OrtTensor<V extends OrtValue, T extends TensorType = TensorType> implements Tensor<T> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly location: 'cpu' | 'device';
  readonly #binding: OrtBinding<V>;
  readonly #value: V;
  #users = 0;
  #isRead = false;
  #isDisposed = false;

  constructor(binding: OrtBinding<V>, output: V) {
    this.type = output.type as T;
    this.dims = output.dims;
    this.location = binding.location(output);
    this.#binding = binding;
    this.#value = binding.adopt(output);
    binding.liveTensors += 1;
  }

  /**
   * What to hand to ONNX Runtime for one feed: tensors of the same runtime untouched, others as a copy, because the
   * runtime may read feeds later and callers may reuse theirs at once.
   *
   * @throws AsrError `BACKEND_FAILED` when type, data and dims contradict each other; `DISPOSED`.
   */
  static bind<V extends OrtValue>(binding: OrtBinding<V>, name: string, tensor: Tensor): BoundFeed<V> {
    if (#value in tensor && tensor.#binding === (binding as unknown)) {
      const own = tensor as unknown as OrtTensor<V>;
      own.#open();
      own.#users += 1;
      return { value: own.#value, release: () => own.#leave() };
    }
    const { type } = tensor;
    const dims = [...tensor.dims];
    const wrap = (data: TensorData): V => create(binding, name, type, data, dims);
    if (tensor.location !== 'cpu') {
      return { value: tensor.read().then((data) => wrap(data)), release: () => {} };
    }
    const copy = wrap(copyElements(tensor.data));
    return { value: copy, release: () => binding.free(copy, false) };
  }

  get data(): TensorDataMap[T] {
    this.#open();
    if (this.location === 'device') {
      throw new AsrError(
        'BACKEND_FAILED',
        `this ${this.type} [${this.dims.join(', ')}] tensor lies on the device; use read()`,
      );
    }
    this.#isRead = true;
    return this.#binding.data(this.#value) as TensorDataMap[T];
  }

  async read(): Promise<TensorDataMap[T]> {
    if (this.location === 'cpu') return this.data;
    this.#open();
    this.#users += 1;
    try {
      return (await this.#binding.enter(() => this.#binding.read(this.#value))) as TensorDataMap[T];
    } finally {
      this.#leave();
    }
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#binding.liveTensors -= 1;
    if (this.#users === 0) this.#binding.free(this.#value, this.#isRead);
  }

  free(): void {
    this.#isRead = false;
    this.dispose();
  }

  /** A run that was started with this tensor may still wait for its turn when the tensor is disposed. */
  #leave(): void {
    this.#users -= 1;
    if (this.#users === 0 && this.#isDisposed) this.#binding.free(this.#value, this.#isRead);
  }

  #open(): void {
    if (!this.#isDisposed) return;
    throw new AsrError('DISPOSED', `this ${this.type} [${this.dims.join(', ')}] tensor was disposed`);
  }
}

function create<V extends OrtValue>(
  binding: OrtBinding<V>,
  name: string,
  type: TensorType,
  data: TensorData,
  dims: number[],
): V {
  try {
    return binding.create(type, data, dims);
  } catch (cause) {
    const message = `feed "${name}" is not a valid tensor: ${binding.messageOf(cause)}`;
    throw new AsrError('BACKEND_FAILED', message, { cause });
  }
}
