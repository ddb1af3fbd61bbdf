import { AsrError, checkFeeds, checkOutputNames, TENSOR_TYPES } from '@org/asr-core';
import type {
  ExecutionProvider,
  InferenceSession,
  ProviderFallback,
  Tensor,
  TensorInfo,
} from '@org/asr-core';
import { messageOf } from './messages.js';
import type { ProviderChoice } from './providers.js';
import type { OrtInferenceSession, OrtTensorValue, WasmRuntime } from './runtime.js';
import { OrtTensor, toOrtTensor } from './tensor.js';
import type { TensorLedger } from './tensor.js';

/** What a session is made of besides ONNX Runtime's own. */
export interface OrtSessionContext {
  readonly model: string;
  readonly choice: ProviderChoice;
  readonly runtime: WasmRuntime;
  readonly ledger: TensorLedger;
  readonly onDisposed: () => void;
}

/** A session of onnxruntime-web. Runs and the release go through the page's queue. */
export class OrtSession implements InferenceSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly provider: ExecutionProvider;
  readonly fallbacks: readonly ProviderFallback[];
  readonly #context: OrtSessionContext;
  readonly #session: OrtInferenceSession;
  readonly #running = new Set<Promise<unknown>>();
  #disposal: Promise<void> | undefined;

  constructor(session: OrtInferenceSession, context: OrtSessionContext) {
    this.#session = session;
    this.#context = context;
    this.provider = context.choice.provider;
    this.fallbacks = context.choice.fallbacks;
    this.inputs = session.inputMetadata.map(tensorInfo);
    this.outputs = session.outputMetadata.map(tensorInfo);
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const { model, runtime } = this.#context;
    if (this.#disposal) throw new AsrError('DISPOSED', `the session of ${model} was disposed`);
    checkFeeds(model, this.inputs, feeds);
    checkOutputNames(model, 'fetches', this.outputs, fetches);
    // Up to here and through the copies of toOrtTensor nothing is awaited: feeds are the caller's again on return.
    const bound = Object.entries(feeds).map(
      ([name, tensor]) => [name, toOrtTensor(runtime.ort, name, tensor)] as const,
    );
    const run = this.#execute(bound, fetches);
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#release();
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #release(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#context.runtime.queue.add(() => this.#session.release());
    this.#context.onDisposed();
  }

  async #execute(
    bound: readonly (readonly [string, OrtTensorValue | Promise<OrtTensorValue>])[],
    fetches: readonly string[] | undefined,
  ): Promise<Record<string, Tensor>> {
    const { model, runtime, ledger } = this.#context;
    const feeds: Record<string, OrtTensorValue> = {};
    for (const [name, value] of bound) feeds[name] = value instanceof Promise ? await value : value;
    const wanted = [...(fetches ?? this.#session.outputNames)];
    let results: Awaited<ReturnType<OrtInferenceSession['run']>>;
    try {
      results = await runtime.queue.add(() => this.#session.run(feeds, wanted));
    } catch (cause) {
      throw new AsrError('BACKEND_FAILED', `${model}: the run failed: ${messageOf(cause)}`, { cause });
    }
    const outputs: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(results)) outputs[name] = new OrtTensor(value, ledger);
    return outputs;
  }
}

function tensorInfo(metadata: OrtInferenceSession['inputMetadata'][number]): TensorInfo {
  if (!metadata.isTensor) return { name: metadata.name, type: undefined, dims: undefined };
  return {
    name: metadata.name,
    type: TENSOR_TYPES.find((type) => type === metadata.type),
    dims: metadata.shape,
  };
}
