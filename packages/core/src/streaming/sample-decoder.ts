import type { WavFormat } from '../audio/wav-format.js';
import { decodeWavSamples } from '../audio/wav-samples.js';
import { finish } from '../steps.js';
import type { RawEncoding } from './stream-options.js';

/** Samples lie in raw chunks as they do in a WAV file, so one decoder reads both. */
const LAYOUTS: Readonly<Record<RawEncoding, Pick<WavFormat, 'encoding' | 'bytesPerSample'>>> = {
  s16le: { encoding: 'pcm', bytesPerSample: 2 },
  f32le: { encoding: 'float', bytesPerSample: 4 },
  mulaw: { encoding: 'ulaw', bytesPerSample: 1 },
  alaw: { encoding: 'alaw', bytesPerSample: 1 },
};

/** Raw bytes to samples. Bytes of a sample that the chunk cuts off wait for the next one. */
export class SampleDecoder {
  readonly bytesPerSample: number;
  readonly #format: WavFormat;
  #rest = new Uint8Array(0);

  constructor(encoding: RawEncoding, sampleRate: number) {
    const layout = LAYOUTS[encoding];
    this.bytesPerSample = layout.bytesPerSample;
    // Channels are told apart later; to the decoder they are one row of samples.
    this.#format = { ...layout, channels: 1, sampleRate, bitsPerSample: 8 * layout.bytesPerSample };
  }

  /** Bytes of a sample that is not complete. */
  get pendingBytes(): number {
    return this.#rest.length;
  }

  /** The samples that `chunk` completes, in memory of their own. */
  push(chunk: Uint8Array): Float32Array {
    const bytes = this.#join(chunk);
    const count = Math.floor(bytes.length / this.bytesPerSample);
    const used = count * this.bytesPerSample;
    this.#rest = bytes.slice(used);
    const [samples] = finish(
      decodeWavSamples(new DataView(bytes.buffer, bytes.byteOffset, used), this.#format, count),
    );
    return samples!;
  }

  #join(chunk: Uint8Array): Uint8Array {
    if (this.#rest.length === 0) return chunk;
    const joined = new Uint8Array(this.#rest.length + chunk.length);
    joined.set(this.#rest);
    joined.set(chunk, this.#rest.length);
    return joined;
  }
}
