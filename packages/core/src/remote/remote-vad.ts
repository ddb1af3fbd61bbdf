import type { AudioInput } from '../audio/pcm.js';
import { kindOf } from '../audio/pcm.js';
import { bufferOf } from '../inference/remote/protocol.js';
import { copyElements } from '../inference/tensor.js';
import { SpeechSegmenter } from '../vad/speech-segmenter.js';
import type { SpeechEvent, SpeechSpan } from '../vad/speech-segmenter.js';
import type { SpeechSegmenterOptions } from '../vad/segmenter-options.js';
import type { DetectSpeechOptions, Vad, VadCallOptions, VadInfo, VadStream } from '../vad/vad.js';
import type { Channel } from './channel.js';
import { packCall, RemoteObject } from './remote-object.js';

/** A voice activity detector in another thread. Models of that thread take it as theirs. */
export class RemoteVad implements Vad {
  readonly info: VadInfo;
  readonly #object: RemoteObject;

  constructor(channel: Channel, target: number, info: VadInfo) {
    this.info = info;
    this.#object = new RemoteObject(channel, target, 'this voice activity detector');
    channel.adopt(this, target);
  }

  async detect(audio: AudioInput, options: DetectSpeechOptions = {}): Promise<readonly SpeechSpan[]> {
    return (await this.#call('detect', audio, options)) as readonly SpeechSpan[];
  }

  async probabilities(audio: AudioInput, options: VadCallOptions = {}): Promise<Float32Array> {
    return (await this.#call('probabilities', audio, options)) as Float32Array;
  }

  stream(options: SpeechSegmenterOptions = {}): VadStream {
    const { channel, target } = this.#object;
    // Says at once what is wrong with the options.
    const { ...thresholds } = options;
    void new SpeechSegmenter(thresholds);
    return new RemoteVadStream(channel, channel.call(target, 'stream', [thresholds]) as Promise<number>);
  }

  dispose(): Promise<void> {
    return this.#object.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #call(method: string, audio: AudioInput, options: DetectSpeechOptions): Promise<unknown> {
    const { channel, target } = this.#object;
    const { args, signal, release } = packCall(channel, audio, options);
    try {
      return await channel.call(target, method, args, { signal });
    } finally {
      release();
    }
  }
}

interface Detected {
  readonly events: readonly SpeechEvent[];
  readonly speaking: boolean;
}

class RemoteVadStream implements VadStream {
  readonly #channel: Channel;
  readonly #opening: Promise<number>;
  #speaking = false;
  #disposal: Promise<void> | undefined;

  constructor(channel: Channel, opening: Promise<number>) {
    this.#channel = channel;
    this.#opening = opening;
    // Whoever uses the stream hears of it.
    opening.catch(() => {});
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  async push(samples: Float32Array): Promise<readonly SpeechEvent[]> {
    if (kindOf(samples) !== 'Float32Array') {
      throw new TypeError(`samples must be a Float32Array (mono, 16 kHz); got ${kindOf(samples)}`);
    }
    const copy = copyElements(samples);
    return this.#call('push', [copy], [bufferOf(copy)]);
  }

  finish(): Promise<readonly SpeechEvent[]> {
    return this.#call('finish', []);
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#close();
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #close(): Promise<void> {
    try {
      await this.#channel.call(await this.#opening, 'dispose', []);
    } catch (error) {
      if (!this.#channel.failed) throw error;
    }
  }

  async #call(
    method: string,
    args: readonly unknown[],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<readonly SpeechEvent[]> {
    const target = await this.#opening;
    const { events, speaking } = (await this.#channel.call(target, method, args, { transfer })) as Detected;
    this.#speaking = speaking;
    return events;
  }
}
