import { AsrError } from '../../errors.js';
import type { ModelFile } from '../../hub/model-files.js';
import type { InferenceBackend, InferenceSession } from '../backend.js';
import { copyElements, createTensor } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { bufferOf, compact, packError } from './protocol.js';
import type { MessageEndpoint, Replies, Reply, Request, WireFile, WireTensor } from './protocol.js';

/** What the serving thread is told; for {@link serveBackend}. */
export interface ServeOptions {
  /** Reads a file of this machine. Files that have a path are sent by path, so a thread that can see it must say how. */
  readonly readFile?: (path: string) => Promise<Uint8Array>;
  /** Wraps every call that loads or runs a graph. */
  readonly around?: <T>(call: () => Promise<T>) => Promise<T>;
}

/**
 * Answers a {@link connectBackend} at the other end of `endpoint` with a backend of this thread. Call it once, in
 * the worker's own module.
 *
 * @param create Called on the first message; what it throws is what the other side's connect rejects with.
 */
export function serveBackend(
  endpoint: MessageEndpoint,
  create: () => Promise<InferenceBackend>,
  options: ServeOptions = {},
): void {
  const server = new BackendServer(create, options);
  endpoint.listen((message) => {
    const request = message as Request;
    if (request.type === 'release') {
      server.release(request.handles);
      return;
    }
    const transfer: ArrayBuffer[] = [];
    void server
      .answer(request, transfer)
      .then(
        (value): Reply => ({ id: request.id, value }),
        (error: unknown): Reply => ({ id: request.id, error: packError(error) }),
      )
      .then((reply) => endpoint.post(reply, transfer));
  });
}

interface ServedSession {
  readonly session: InferenceSession;
  readonly deviceOutputs: ReadonlySet<string>;
}

class BackendServer {
  readonly #create: () => Promise<InferenceBackend>;
  readonly #readFile: ServeOptions['readFile'];
  readonly #around: NonNullable<ServeOptions['around']>;
  readonly #sessions = new Map<number, ServedSession>();
  readonly #tensors = new Map<number, Tensor>();
  #backend: Promise<InferenceBackend> | undefined;
  #nextId = 1;

  constructor(
    create: () => Promise<InferenceBackend>,
    { readFile, around = (call) => call() }: ServeOptions,
  ) {
    this.#create = create;
    this.#readFile = readFile;
    this.#around = around;
  }

  release(handles: readonly number[]): void {
    for (const handle of handles) {
      this.#tensors.get(handle)?.dispose();
      this.#tensors.delete(handle);
    }
  }

  /** @param transfer Receives the buffers of the answer that may be moved. */
  async answer(
    request: Exclude<Request, { type: 'release' }>,
    transfer: ArrayBuffer[],
  ): Promise<Replies[keyof Replies]> {
    switch (request.type) {
      case 'hello':
        return { name: (await this.#open()).name };
      case 'create':
        return this.#createSession(request);
      case 'run':
        return { outputs: await this.#run(request, transfer) };
      case 'read': {
        // A copy: the tensor keeps its elements and may be read or fed again.
        const data = copyElements(await this.#tensor(request.handle).read());
        transfer.push(bufferOf(data));
        return { data };
      }
      case 'close': {
        const served = this.#sessions.get(request.session);
        this.#sessions.delete(request.session);
        await served?.session.dispose();
        return undefined;
      }
      case 'dispose':
        this.release([...this.#tensors.keys()]);
        await (await this.#open()).dispose();
        return undefined;
    }
  }

  #open(): Promise<InferenceBackend> {
    this.#backend ??= this.#create();
    return this.#backend;
  }

  async #createSession(request: Extract<Request, { type: 'create' }>): Promise<Replies['create']> {
    const backend = await this.#open();
    const session = await this.#around(() =>
      backend.createSession(this.#file(request.model), {
        ...request.options,
        externalData: request.externalData.map((file) => this.#file(file)),
      }),
    );
    const id = this.#nextId++;
    this.#sessions.set(id, { session, deviceOutputs: new Set(request.options.deviceOutputs) });
    const { inputs, outputs, provider, fallbacks } = session;
    return { session: id, inputs, outputs, provider, fallbacks };
  }

  async #run(
    request: Extract<Request, { type: 'run' }>,
    transfer: ArrayBuffer[],
  ): Promise<[string, WireTensor][]> {
    const served = this.#sessions.get(request.session);
    if (!served) throw new AsrError('DISPOSED', 'the session was disposed');
    // Resolved before anything is awaited: a release may be the next message.
    const feeds = Object.fromEntries(request.feeds.map(([name, feed]) => [name, this.#unpack(feed)]));
    const outputs = await this.#around(() => served.session.run(feeds, request.fetches));
    const packed: [string, WireTensor][] = [];
    for (const [name, tensor] of Object.entries(outputs)) {
      const { type, dims } = tensor;
      if (served.deviceOutputs.has(name)) {
        const handle = this.#nextId++;
        this.#tensors.set(handle, tensor);
        packed.push([name, { type, dims, handle }]);
        continue;
      }
      let data = compact(await tensor.read());
      // No two tensors of the caller share memory: it may free one of them.
      if (transfer.includes(bufferOf(data))) data = copyElements(data);
      tensor.dispose();
      packed.push([name, { type, dims, data }]);
      transfer.push(bufferOf(data));
    }
    return packed;
  }

  #unpack(feed: WireTensor): Tensor {
    return 'handle' in feed ? this.#tensor(feed.handle) : createTensor(feed.type, feed.data, feed.dims);
  }

  #tensor(handle: number): Tensor {
    const tensor = this.#tensors.get(handle);
    if (!tensor) throw new AsrError('DISPOSED', 'the tensor was disposed');
    return tensor;
  }

  #file({ name, path, content }: WireFile): ModelFile {
    return {
      name,
      ...(path !== undefined && { path }),
      bytes: async () => {
        if (content) return content;
        if (path !== undefined && this.#readFile) return this.#readFile(path);
        throw new AsrError('MODEL_NOT_FOUND', `${name} lies at ${path}, which this thread can't read`);
      },
    };
  }
}
