import { mixdown } from '../audio/pcm.js';
import { Resampler } from '../audio/resampler.js';
import type { AudioChunk, ChunkFormat } from './stream-options.js';

/** Chunks of live audio to mono samples at one rate. */
export class ChunkConverter {
  readonly #format: ChunkFormat | undefined;
  readonly #sampleRate: number;
  #resampler: Resampler | undefined;

  constructor(format: ChunkFormat | undefined, sampleRate: number) {
    this.#format = format;
    this.#sampleRate = sampleRate;
  }

  push(chunk: AudioChunk): Float32Array {
    if (chunk instanceof Uint8Array) throw new TypeError('chunks of bytes are not read yet');
    const pcm =
      chunk instanceof Float32Array && this.#format
        ? { samples: chunk, sampleRate: this.#format.sampleRate }
        : chunk;
    const mono = mixdown(pcm as Exclude<AudioChunk, Float32Array | Uint8Array>);
    this.#resampler ??= new Resampler((pcm as { sampleRate: number }).sampleRate, this.#sampleRate);
    return this.#resampler.push(mono);
  }

  finish(): Float32Array {
    return this.#resampler?.flush() ?? new Float32Array(0);
  }
}
