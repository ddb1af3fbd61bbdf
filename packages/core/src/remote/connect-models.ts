import { AsrError } from '../errors.js';
import type { ModelSource } from '../hub/model-files.js';
import type { MessageEndpoint } from '../inference/remote/protocol.js';
import type { LoadModel } from '../load-model.js';
import type { LoadVad } from '../load-vad.js';
import type { Platform } from '../platform.js';
import type { LoadOptions, ModelInfo } from '../speech-model.js';
import type { VadInfo } from '../vad/vad.js';
import { Channel, ROOT } from './channel.js';
import type { Packed } from './remote-audio.js';
import { packAudio, packBytes, unpackAudio } from './remote-audio.js';
import { packValue } from './pack-value.js';
import { RemoteModel } from './remote-model.js';
import { offerProgress } from './remote-object.js';
import { RemoteVad } from './remote-vad.js';

/** Loads models in another thread; what comes back has the same interfaces as models of this one. */
export interface RemoteModels extends AsyncDisposable {
  /**
   * As the platform's own `loadModel`. `options.backend` is refused, as a backend belongs to its thread, and so is
   * `offThread: false`.
   */
  readonly loadModel: LoadModel;
  /** As the platform's own `loadVad`. The detector serves models of the same thread as their `vad`. */
  readonly loadVad: LoadVad;
  /** To be called when the thread has ended by itself: everything pending and everything later rejects. */
  fail(failure: AsrError): void;
  /** Ends the thread and with it everything that was loaded there. Idempotent. */
  dispose(): Promise<void>;
}

/** What this side does for the other one; for {@link connectModels}. */
export interface ConnectModelsOptions {
  /** Decodes what the other thread can't: browsers have some codecs on the page alone. */
  readonly decodeAudio?: Platform['decodeAudio'];
  /** What addresses of audio that are given as text are relative to. */
  readonly baseUrl?: string;
  /** Ends the thread; called once. */
  readonly onDispose?: () => void;
}

/** The other end of {@link serveModels}. Sends nothing until something is loaded. */
export function connectModels(endpoint: MessageEndpoint, options: ConnectModelsOptions = {}): RemoteModels {
  return new ConnectedModels(endpoint, options);
}

/** What a loaded object is told as. */
interface Loaded<Info> {
  readonly target: number;
  readonly info: Info;
}

class ConnectedModels implements RemoteModels {
  readonly #channel: Channel;
  readonly #onDispose: ConnectModelsOptions['onDispose'];

  constructor(endpoint: MessageEndpoint, { decodeAudio, baseUrl, onDispose }: ConnectModelsOptions) {
    this.#onDispose = onDispose;
    this.#channel = new Channel(endpoint, decodeAudio ? this.#decoder(decodeAudio) : {}, baseUrl);
  }

  readonly loadModel: LoadModel = async (source, options = {}) => {
    const { target, info } = (await this.#load('loadModel', source, options)) as Loaded<ModelInfo>;
    return new RemoteModel(this.#channel, target, info);
  };

  readonly loadVad: LoadVad = async (source, options = {}) => {
    const { target, info } = (await this.#load('loadVad', source, options)) as Loaded<VadInfo>;
    return new RemoteVad(this.#channel, target, info);
  };

  fail(failure: AsrError): void {
    this.#channel.fail(failure);
  }

  dispose(): Promise<void> {
    if (!this.#channel.failed) {
      this.#channel.fail(new AsrError('DISPOSED', 'the worker that ran this was disposed'));
      this.#onDispose?.();
    }
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #load(method: string, source: ModelSource, options: LoadOptions): Promise<unknown> {
    const channel = this.#channel;
    const { signal, onProgress, backend, offThread = true, ...rest } = options;
    if (backend) throw refused('backend', 'a backend belongs to the thread that it was made in');
    if (!offThread) throw refused('offThread: false', 'this loads models in a worker');
    const plain = packValue(channel, 'options', rest);
    const packed = packSource(channel, source);
    const progress = offerProgress(channel, onProgress);
    const discard = (late: unknown): void => {
      void channel.call((late as Loaded<unknown>).target, 'dispose', []).catch(() => {});
    };
    try {
      return await channel.call(ROOT, method, [packed.wire, plain, progress], { signal, discard });
    } finally {
      packed.release();
      if (progress !== undefined) channel.withdraw(progress);
    }
  }

  #decoder(decodeAudio: Platform['decodeAudio']): ConstructorParameters<typeof Channel>[1] {
    return {
      decodeAudio: async ([wire], signal) => {
        const bytes = (await unpackAudio(this.#channel, wire, signal)) as AsyncIterable<Uint8Array>;
        const parts: Uint8Array[] = [];
        for await (const part of bytes) parts.push(part);
        const whole = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
        // Withdrawn by the other side, which fetches the samples when it likes.
        return packAudio(this.#channel, await decodeAudio(whole, signal)).wire;
      },
    };
  }
}

/** Files in memory are fetched piece by piece; addresses and names go as they are. */
function packSource(channel: Channel, source: ModelSource): Packed {
  const isObject = typeof source === 'object' && source !== null;
  if (!isObject || !('files' in source) || typeof source.files !== 'object' || source.files === null) {
    return { wire: packValue(channel, 'source', source), release: () => {} };
  }
  const packed = Object.entries(source.files).map(([name, content]): [string, Packed] => {
    if (content instanceof ArrayBuffer) return [name, packBytes(channel, new Uint8Array(content))];
    if (content instanceof Uint8Array) return [name, packBytes(channel, content)];
    return [name, { wire: { kind: 'value', value: packValue(channel, name, content) }, release: () => {} }];
  });
  return {
    wire: { memory: packed.map(([name, { wire }]) => [name, wire]) },
    release: () => packed.forEach(([, { release }]) => release()),
  };
}

function refused(option: string, reason: string): AsrError {
  return new AsrError('OPTION_UNSUPPORTED', `${option} can't be used here: ${reason}`);
}
