import { AsrError, checkSessionOptions, OpenSessions, OrtSession, tryProviders } from '@org/asr-core';
import type {
  ExecutionProvider,
  InferenceBackend,
  InferenceSession,
  ModelFile,
  OrtBinding,
  OrtSessionHandle,
  SessionOptions,
} from '@org/asr-core';
import { readGraph } from './create-session.js';
import type { GraphBytes } from './create-session.js';
import { messageOf } from './messages.js';
import type { OrtTensorValue } from './runtime.js';

/** A graph that ONNX Runtime has loaded, and how its tensors are handled. */
export interface OpenedGraph {
  readonly session: OrtSessionHandle<OrtTensorValue>;
  readonly binding: OrtBinding<OrtTensorValue>;
}

/** A provider of a backend. Throws an `AsrError` when the model is at fault, anything else when the provider is. */
export interface WebProvider {
  open(model: ModelFile, bytes: GraphBytes, options: SessionOptions): Promise<OpenedGraph>;
  /** Output tensors handed out and not disposed yet. */
  readonly liveTensors: number;
}

type Session = OrtSession<OrtTensorValue>;

/** What the backends on onnxruntime-web share: sessions with the first provider that works. */
export abstract class OrtBackend implements InferenceBackend {
  readonly #providers: ReadonlyMap<ExecutionProvider, WebProvider>;
  readonly #sessions: OpenSessions<Session>;

  /** @param providers In the order in which they are tried when nothing else is asked for. */
  constructor(
    readonly name: string,
    providers: ReadonlyMap<ExecutionProvider, WebProvider>,
  ) {
    this.#providers = providers;
    this.#sessions = new OpenSessions(name);
  }

  get liveTensors(): number {
    return [...this.#providers.values()].reduce((sum, { liveTensors }) => sum + liveTensors, 0);
  }

  async createSession(model: ModelFile, options: SessionOptions = {}): Promise<InferenceSession> {
    checkSessionOptions(options);
    return this.#sessions.add(options.signal, (onDisposed) => this.#open(model, options, onDisposed));
  }

  dispose(): Promise<void> {
    return this.#sessions.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Why a provider that this backend lacks can't be used. */
  protected abstract reasonAgainst(provider: ExecutionProvider): string;

  async #open(
    model: ModelFile,
    options: SessionOptions,
    onDisposed: (session: Session) => void,
  ): Promise<Session> {
    const { provider } = options;
    const order = typeof provider === 'string' ? [provider] : (provider ?? [...this.#providers.keys()]);
    let bytes: GraphBytes | undefined;
    const chosen = await tryProviders(order, {
      reasonAgainst: (name) => (this.#providers.has(name) ? undefined : this.reasonAgainst(name)),
      attempt: async (name) => {
        bytes ??= await readGraph(model, options);
        return this.#providers.get(name)!.open(model, bytes, options);
      },
      messageOf,
    }).catch((error: unknown) => {
      options.signal?.throwIfAborted();
      throw error;
    });
    const { provider: used, fallbacks, value } = chosen;
    const parts = { model: model.name, provider: used, fallbacks, binding: value.binding, onDisposed };
    return OrtSession.open(value.session, parts, options.deviceOutputs);
  }
}

/** The wasm build has one thread pool, made when it was loaded. */
export function checkThreads(
  threads: number | undefined,
  pool: { readonly threads: number; readonly reason: string },
  maker: string,
): void {
  if (threads === undefined || threads === 0 || threads === pool.threads) return;
  throw new AsrError(
    'OPTION_UNSUPPORTED',
    `threads: ${threads} can't be set for one session: ONNX Runtime's wasm has one thread pool per page, of ` +
      `${pool.threads} here (${pool.reason}); set it with ${maker}({ threads })`,
  );
}
