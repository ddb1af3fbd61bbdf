import { AsrError } from '../../errors.js';
import type { ExecutionProvider, InferenceSession, ProviderFallback, TensorInfo } from '../backend.js';
import { checkFeeds, checkOutputNames } from '../check-feeds.js';
import { TENSOR_TYPES } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import type { OrtBinding, OrtSessionHandle, OrtValue, OrtValueMetadata } from './binding.js';
import { OrtTensor } from './ort-tensor.js';
import type { BoundFeed } from './ort-tensor.js';

/** What a session is made of besides ONNX Runtime's own. */
export interface OrtSessionParts<V extends OrtValue> {
  /** Name of the graph's file, for messages. */
  readonly model: string;
  readonly provider: ExecutionProvider;
  readonly fallbacks: readonly ProviderFallback[];
  readonly binding: OrtBinding<V>;
  /** Told once, when the session is gone. */
  readonly onDisposed: (session: OrtSession<V>) => void;
}

/** A session of one of ONNX Runtime's packages, for backends that run on them. */
export class OrtSession<V extends OrtValue> implements InferenceSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly provider: ExecutionProvider;
  readonly fallbacks: readonly ProviderFallback[];
  readonly #parts: OrtSessionParts<V>;
  readonly #session: OrtSessionHandle<V>;
  readonly #running = new Set<Promise<unknown>>();
  #disposal: Promise<void> | undefined;

  /**
   * @param deviceOutputs What the caller wants to stay where it is.
   * @throws AsrError `BACKEND_FAILED` for a name in `deviceOutputs` that the graph has no output of; the session is gone then.
   */
  static async open<V extends OrtValue>(
    session: OrtSessionHandle<V>,
    parts: OrtSessionParts<V>,
    deviceOutputs: readonly string[] | undefined,
  ): Promise<OrtSession<V>> {
    const opened = new OrtSession(session, parts);
    try {
      checkOutputNames(parts.model, 'deviceOutputs', opened.outputs, deviceOutputs);
    } catch (error) {
      await opened.dispose();
      throw error;
    }
    return opened;
  }

  private constructor(session: OrtSessionHandle<V>, parts: OrtSessionParts<V>) {
    this.#session = session;
    this.#parts = parts;
    this.provider = parts.provider;
    this.fallbacks = parts.fallbacks;
    this.inputs = session.inputMetadata.map(tensorInfo);
    this.outputs = session.outputMetadata.map(tensorInfo);
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const { model } = this.#parts;
    if (this.#disposal) throw new AsrError('DISPOSED', `the session of ${model} was disposed`);
    checkFeeds(model, this.inputs, feeds);
    checkOutputNames(model, 'fetches', this.outputs, fetches);
    const bound: [string, BoundFeed<V>][] = [];
    try {
      // Nothing is awaited here: feeds are the caller's again on return.
      for (const [name, tensor] of Object.entries(feeds)) {
        bound.push([name, OrtTensor.bind(this.#parts.binding, name, tensor)]);
      }
      const run = this.#execute(bound, fetches);
      this.#running.add(run);
      try {
        return await run;
      } finally {
        this.#running.delete(run);
      }
    } finally {
      for (const [, { release }] of bound) release();
    }
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#release();
    return this.#disposal;
  }

  /** The same as `dispose()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #release(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#parts.binding.enter(() => this.#session.release());
    this.#parts.onDisposed(this);
  }

  async #execute(
    bound: readonly (readonly [string, BoundFeed<V>])[],
    fetches: readonly string[] | undefined,
  ): Promise<Record<string, Tensor>> {
    const { model, binding } = this.#parts;
    const feeds: Record<string, V> = {};
    for (const [name, { value }] of bound) feeds[name] = value instanceof Promise ? await value : value;
    const wanted = [...(fetches ?? this.#session.outputNames)];
    let results: Readonly<Record<string, V>>;
    try {
      results = await binding.enter(() => this.#session.run(feeds, wanted));
    } catch (cause) {
      const message = `${model}: the run failed: ${binding.messageOf(cause)}`;
      throw new AsrError('BACKEND_FAILED', message, { cause });
    }
    return Object.fromEntries(
      Object.entries(results).map(([name, value]) => [name, new OrtTensor(binding, value)]),
    );
  }
}

function tensorInfo(metadata: OrtValueMetadata): TensorInfo {
  if (!metadata.isTensor) return { name: metadata.name, type: undefined, dims: undefined };
  return {
    name: metadata.name,
    type: TENSOR_TYPES.find((type) => type === metadata.type),
    dims: metadata.shape,
  };
}
