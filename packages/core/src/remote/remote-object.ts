import { AsrError } from '../errors.js';
import type { AudioInput } from '../audio/pcm.js';
import type { Channel } from './channel.js';
import { packAudio } from './remote-audio.js';
import { packValue } from './pack-value.js';

/** What long calls share. */
export interface LongCallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: never) => void;
}

/** Arguments on their way, and what was offered for them. */
export interface PackedCall {
  /** Audio, plain options, and the number of `onProgress`. */
  readonly args: readonly [audio: unknown, options: unknown, progress: number | undefined];
  readonly signal: AbortSignal | undefined;
  readonly release: () => void;
}

/** Packs what a method takes; `release` when its work is over. */
export function packCall(channel: Channel, audio: AudioInput, options: LongCallOptions): PackedCall {
  const { signal, onProgress, ...rest } = options;
  const plain = packValue(channel, 'options', rest);
  const packed = packAudio(channel, audio);
  const progress = offerProgress(channel, onProgress);
  return {
    args: [packed.wire, plain, progress],
    signal,
    release() {
      packed.release();
      if (progress !== undefined) channel.withdraw(progress);
    },
  };
}

/** Lets the other side report progress. */
export function offerProgress(
  channel: Channel,
  onProgress: LongCallOptions['onProgress'],
): number | undefined {
  if (!onProgress) return undefined;
  return channel.offer({ notify: ([progress]) => onProgress(progress as never) });
}

/** An object of the other thread: its number, and its end. */
export class RemoteObject {
  readonly channel: Channel;
  readonly #target: number;
  readonly #what: string;
  #disposal: Promise<void> | undefined;

  /** @param what For messages: `this model`. */
  constructor(channel: Channel, target: number, what: string) {
    this.channel = channel;
    this.#target = target;
    this.#what = what;
  }

  get target(): number {
    if (this.#disposal) throw new AsrError('DISPOSED', `${this.#what} was disposed; load it again`);
    return this.#target;
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    try {
      await this.channel.call(this.#target, 'dispose', []);
    } catch (error) {
      // A thread that is gone has freed everything already.
      if (!this.channel.failed) throw error;
    }
  }
}
