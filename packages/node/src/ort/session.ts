import { AsrError, checkFeeds, checkOutputNames, TENSOR_TYPES } from '@org/asr-core';
import type {
  ExecutionProvider,
  InferenceSession,
  ProviderFallback,
  Tensor,
  TensorInfo,
} from '@org/asr-core';
import { messageOf } from './runtime.js';
import type { OrtInferenceSession, OrtModule, OrtTensorValue } from './runtime.js';
import { OrtTensor, toOrtTensor } from './tensor.js';
import type { TensorLedger } from './tensor.js';

/** A session of onnxruntime-node on the calling thread. */
export class OrtSession implements InferenceSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly #ort: OrtModule;
  readonly #session: OrtInferenceSession;
  readonly #ledger: TensorLedger;
  readonly #onDisposed: () => void;
  readonly #running = new Set<Promise<unknown>>();
  #disposal: Promise<void> | undefined;

  constructor(
    readonly model: string,
    readonly provider: ExecutionProvider,
    readonly fallbacks: readonly ProviderFallback[],
    ort: OrtModule,
    session: OrtInferenceSession,
    ledger: TensorLedger,
    onDisposed: () => void,
  ) {
    this.#ort = ort;
    this.#session = session;
    this.#ledger = ledger;
    this.#onDisposed = onDisposed;
    this.inputs = session.inputMetadata.map(tensorInfo);
    this.outputs = session.outputMetadata.map(tensorInfo);
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    if (this.#disposal) throw new AsrError('DISPOSED', `the session of ${this.model} was disposed`);
    checkFeeds(this.model, this.inputs, feeds);
    checkOutputNames(this.model, 'fetches', this.outputs, fetches);
    // Up to here and through the copies of toOrtTensor nothing is awaited: feeds are the caller's again on return.
    const bound = Object.entries(feeds).map(
      ([name, tensor]) => [name, toOrtTensor(this.#ort, name, tensor)] as const,
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
    this.#disposal ??= Promise.allSettled(this.#running).then(async () => {
      await this.#session.release();
      this.#onDisposed();
    });
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #execute(
    bound: readonly (readonly [string, OrtTensorValue | Promise<OrtTensorValue>])[],
    fetches: readonly string[] | undefined,
  ): Promise<Record<string, Tensor>> {
    const feeds: Record<string, OrtTensorValue> = {};
    for (const [name, value] of bound) feeds[name] = value instanceof Promise ? await value : value;
    let results: Awaited<ReturnType<OrtInferenceSession['run']>>;
    try {
      results = await this.#session.run(feeds, [...(fetches ?? this.#session.outputNames)]);
    } catch (cause) {
      throw new AsrError('BACKEND_FAILED', `${this.model}: the run failed: ${messageOf(cause)}`, { cause });
    }
    const outputs: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(results))
      outputs[name] = new OrtTensor(this.#ort, value, this.#ledger);
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
