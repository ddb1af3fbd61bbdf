import { mixdown } from '../audio/pcm.js';

/** Interleaved channels to their average. Samples of a frame that the chunk cuts off wait for the next one. */
export class ChannelMixer {
  readonly #channels: number;
  readonly #sampleRate: number;
  #rest = new Float32Array(0);

  constructor(channels: number, sampleRate: number) {
    this.#channels = channels;
    this.#sampleRate = sampleRate;
  }

  /** Samples of a frame that is not complete. */
  get pendingSamples(): number {
    return this.#rest.length;
  }

  /**
   * The frames that `chunk` completes. Mono audio is returned as it is, not copied.
   *
   * @throws AsrError `AUDIO_INVALID` for samples that are no audio.
   */
  push(chunk: Float32Array): Float32Array {
    const samples = this.#join(chunk);
    const frames = Math.floor(samples.length / this.#channels);
    this.#rest = samples.slice(frames * this.#channels);
    return mixdown({ samples: this.#split(samples, frames), sampleRate: this.#sampleRate });
  }

  #split(samples: Float32Array, frames: number): Float32Array | Float32Array[] {
    if (this.#channels === 1) return samples;
    return Array.from({ length: this.#channels }, (_, channel) => {
      const own = new Float32Array(frames);
      for (let i = 0; i < frames; i++) own[i] = samples[i * this.#channels + channel]!;
      return own;
    });
  }

  #join(chunk: Float32Array): Float32Array {
    if (this.#rest.length === 0) return chunk;
    const joined = new Float32Array(this.#rest.length + chunk.length);
    joined.set(this.#rest);
    joined.set(chunk, this.#rest.length);
    return joined;
  }
}
