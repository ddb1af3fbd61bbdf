import { AsrError } from '../../errors.js';
import type { ExecutionProvider, InferenceSession, ProviderFallback, TensorInfo } from '../backend.js';
import { checkFeeds, checkOutputNames } from '../check-feeds.js';
import { copyElements } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import type { Connection } from './connection.js';
import { bufferOf } from './protocol.js';
import type { Replies, WireTensor } from './protocol.js';
import { RemoteTensor } from './remote-tensor.js';

/** A session that lives in another thread. */
export class RemoteSession implements InferenceSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly provider: ExecutionProvider;
  readonly fallbacks: readonly ProviderFallback[];
  readonly #connection: Connection;
  readonly #model: string;
  readonly #id: number;
  readonly #running = new Set<Promise<unknown>>();
  readonly #onDisposed: () => void;
  #disposal: Promise<void> | undefined;

  constructor(connection: Connection, model: string, created: Replies['create'], onDisposed: () => void) {
    this.#connection = connection;
    this.#model = model;
    this.#id = created.session;
    this.#onDisposed = onDisposed;
    this.inputs = created.inputs;
    this.outputs = created.outputs;
    this.provider = created.provider;
    this.fallbacks = created.fallbacks;
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    if (this.#disposal) throw new AsrError('DISPOSED', `the session of ${this.#model} was disposed`);
    checkFeeds(this.#model, this.inputs, feeds);
    checkOutputNames(this.#model, 'fetches', this.outputs, fetches);
    const run = this.#execute(feeds, fetches);
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#close();
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running);
    this.#onDisposed();
    try {
      await this.#connection.request({ type: 'close', session: this.#id });
    } catch (error) {
      // A thread that is gone has freed the session already.
      if (!this.#connection.failed) throw error;
    }
  }

  async #execute(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[] | undefined,
  ): Promise<Record<string, Tensor>> {
    const packed = Object.entries(feeds).map(([name, tensor]) => [name, this.#pack(tensor)] as const);
    const outputs = packed.some(([, feed]) => feed instanceof Promise)
      ? this.#connection.hold(async () => {
          const settled: (readonly [string, WireTensor])[] = [];
          for (const [name, feed] of packed) settled.push([name, await feed]);
          return { answer: this.#send(settled, fetches) };
        })
      : { answer: this.#send(packed as readonly (readonly [string, WireTensor])[], fetches) };
    const { answer } = outputs instanceof Promise ? await outputs : outputs;
    return Object.fromEntries(
      (await answer).outputs.map(([name, wire]) => [name, new RemoteTensor(this.#connection, wire)]),
    );
  }

  #send(
    feeds: readonly (readonly [string, WireTensor])[],
    fetches: readonly string[] | undefined,
  ): Promise<Replies['run']> {
    const transfer = feeds.flatMap(([, feed]) => ('data' in feed ? [bufferOf(feed.data)] : []));
    return this.#connection.request({ type: 'run', session: this.#id, feeds, fetches }, transfer);
  }

  /** Tensors of the other thread by handle; others as a copy, which is then moved there. */
  #pack(tensor: Tensor): WireTensor | Promise<WireTensor> {
    const { type, dims } = tensor;
    const handle = RemoteTensor.handleOf(tensor, this.#connection);
    if (handle !== undefined) return { type, dims, handle };
    if (tensor.location === 'cpu') return { type, dims, data: copyElements(tensor.data) };
    return tensor.read().then((data) => ({ type, dims, data: copyElements(data) }));
  }
}
