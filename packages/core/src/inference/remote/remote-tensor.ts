import { AsrError } from '../../errors.js';
import type { Tensor, TensorData, TensorDataMap, TensorType } from '../tensor.js';
import type { Connection } from './connection.js';
import type { WireTensor } from './protocol.js';

type Content = { readonly data: TensorData } | { readonly handle: number };

/** An output that came from the other thread, or still lies there. */
export class RemoteTensor<T extends TensorType = TensorType> implements Tensor<T> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly location: 'cpu' | 'device';
  readonly #connection: Connection;
  #content: Content | undefined;
  #isRead = false;

  constructor(connection: Connection, wire: WireTensor) {
    this.type = wire.type as T;
    this.dims = wire.dims;
    this.location = 'handle' in wire ? 'device' : 'cpu';
    this.#content = wire;
    this.#connection = connection;
    connection.liveTensors += 1;
  }

  /** The handle of `tensor` if it lies at the other end of `connection`. @throws AsrError `DISPOSED` */
  static handleOf(tensor: Tensor, connection: Connection): number | undefined {
    if (!(#content in tensor) || tensor.#connection !== connection) return undefined;
    const content = tensor.#open();
    return 'handle' in content ? content.handle : undefined;
  }

  get data(): TensorDataMap[T] {
    const content = this.#open();
    if ('data' in content) return this.#elements(content.data);
    throw new AsrError(
      'BACKEND_FAILED',
      `this ${this.type} [${this.dims.join(', ')}] tensor lies in the inference thread; use read()`,
    );
  }

  async read(): Promise<TensorDataMap[T]> {
    const content = this.#open();
    if ('data' in content) return this.#elements(content.data);
    const { data } = await this.#connection.request({ type: 'read', handle: content.handle });
    return data as TensorDataMap[T];
  }

  dispose(): void {
    const content = this.#content;
    if (content === undefined) return;
    this.#content = undefined;
    this.#connection.liveTensors -= 1;
    if ('handle' in content) this.#connection.release(content.handle);
    else if (!this.#isRead) this.#connection.freeMemory(content.data);
  }

  free(): void {
    this.#isRead = false;
    this.dispose();
  }

  #elements(data: TensorData): TensorDataMap[T] {
    this.#isRead = true;
    return data as TensorDataMap[T];
  }

  #open(): Content {
    if (this.#content === undefined) {
      throw new AsrError('DISPOSED', `this ${this.type} [${this.dims.join(', ')}] tensor was disposed`);
    }
    return this.#content;
  }
}
