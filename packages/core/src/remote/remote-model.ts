import type { AudioInput } from '../audio/pcm.js';
import type { ModelInfo, SpeechModel, TranscribeOptions } from '../speech-model.js';
import type { SpeechStream } from '../streaming/speech-stream.js';
import type { StreamEvent } from '../streaming/stream-events.js';
import type { AudioStreamSource, StreamOptions } from '../streaming/stream-options.js';
import type { Segment, Transcript } from '../transcript/transcript.js';
import type { Channel } from './channel.js';
import { iterateRemote } from './remote-iterator.js';
import { packCall, RemoteObject } from './remote-object.js';
import { packStreamOptions, readRemotely, RemoteSpeechStream } from './remote-stream.js';

/** A model in another thread, behind the interface of all models. */
export class RemoteModel implements SpeechModel {
  readonly info: ModelInfo;
  readonly #object: RemoteObject;

  constructor(channel: Channel, target: number, info: ModelInfo) {
    this.info = info;
    this.#object = new RemoteObject(channel, target, 'this model');
  }

  async transcribe(audio: AudioInput, options: TranscribeOptions = {}): Promise<Transcript> {
    const { channel, target } = this.#object;
    const { args, signal, release } = packCall(channel, audio, options);
    try {
      return (await channel.call(target, 'transcribe', args, { signal })) as Transcript;
    } finally {
      release();
    }
  }

  async *segments(
    audio: AudioInput,
    options: TranscribeOptions = {},
  ): AsyncGenerator<Segment, void, undefined> {
    const { channel, target } = this.#object;
    const { args, signal, release } = packCall(channel, audio, options);
    try {
      yield* iterateRemote<Segment>(channel, channel.call(target, 'segments', args), signal);
    } finally {
      release();
    }
  }

  stream(
    source: AudioStreamSource,
    options: StreamOptions = {},
  ): AsyncGenerator<StreamEvent, void, undefined> {
    return readRemotely(this.#object.channel, () => this.#object.target, source, options);
  }

  openStream(options: StreamOptions = {}): SpeechStream {
    const { channel, target } = this.#object;
    const plain = packStreamOptions(channel, options);
    return new RemoteSpeechStream(channel, channel.call(target, 'openStream', [plain]), options.signal);
  }

  dispose(): Promise<void> {
    return this.#object.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
