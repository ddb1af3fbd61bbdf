import { checkPcm, checkSampleRate, kindOf, mixdown } from '../audio/pcm.js';
import { Resampler } from '../audio/resampler.js';
import { AsrError } from '../errors.js';
import { ChannelMixer } from './channel-mixer.js';
import { SampleDecoder } from './sample-decoder.js';
import { readChunkFormat } from './chunk-format.js';
import type { ChunkFormat, TimedChunk } from './stream-options.js';

/** What reads chunks that don't say themselves what they are. */
interface RawReader {
  readonly sampleRate: number;
  readonly channels: number;
  readonly decoder: SampleDecoder;
  readonly mixer: ChannelMixer;
}

/**
 * Chunks of live audio, of any length and kind, to what models take: mono samples at one rate. The samples are those of
 * the whole audio converted at once, however it is cut.
 *
 * Where the rate changes from one `Pcm` to the next, the resampler gives what it holds and starts anew: for a few
 * milliseconds around the change it takes the audio on the other side for silence.
 */
export class ChunkConverter {
  readonly #sampleRate: number;
  readonly #raw: RawReader | undefined;
  #resampler: Resampler | undefined;
  #seconds = 0;

  /**
   * @param format Of chunks that are no `Pcm`; without it only `Pcm` is taken.
   * @param sampleRate Of what comes out, in Hz.
   * @throws TypeError, RangeError for a format that can't be, naming the option.
   */
  constructor(format: ChunkFormat | undefined, sampleRate: number) {
    checkSampleRate(sampleRate);
    this.#sampleRate = sampleRate;
    this.#raw = format === undefined ? undefined : rawReader(format);
  }

  /** Length of the audio that came so far. */
  get seconds(): number {
    return this.#seconds;
  }

  /**
   * The samples that are settled with this chunk, possibly none; their memory is the caller's own.
   *
   * @throws TypeError for what is no chunk, or has no rate; RangeError for a rate out of range; AsrError `AUDIO_INVALID`
   *   for samples that are no audio.
   */
  push(chunk: TimedChunk['audio']): Float32Array {
    const kind = kindOf(chunk);
    if (kind === 'Uint8Array' || kind === 'Float32Array') {
      return this.#pushRaw(chunk as Uint8Array | Float32Array);
    }
    this.#refuseRest('what follows says its format itself');
    checkPcm(chunk);
    return this.#resample(mixdown(chunk), chunk.sampleRate);
  }

  /**
   * The samples that waited for more. The converter is ready for other audio then.
   *
   * @throws AsrError `AUDIO_INVALID` when the audio breaks off within a sample, or between the channels of one.
   */
  finish(): Float32Array {
    this.#refuseRest('there is no more');
    const rest = this.#resampler?.flush() ?? new Float32Array(0);
    this.#resampler = undefined;
    return rest;
  }

  #pushRaw(chunk: Uint8Array | Float32Array): Float32Array {
    const raw = this.#raw;
    if (!raw) {
      throw new TypeError(
        `a bare ${kindOf(chunk)} doesn't say its sample rate: set format: { sampleRate }, or pass { samples, sampleRate }`,
      );
    }
    if (kindOf(chunk) === 'Uint8Array') {
      return this.#resample(raw.mixer.push(raw.decoder.push(chunk as Uint8Array)), raw.sampleRate);
    }
    if (raw.decoder.pendingBytes > 0) this.#refuseRest('no bytes follow');
    return this.#resample(raw.mixer.push(chunk as Float32Array), raw.sampleRate);
  }

  #resample(mono: Float32Array, sampleRate: number): Float32Array {
    this.#seconds += mono.length / sampleRate;
    this.#resampler ??= new Resampler(sampleRate, this.#sampleRate);
    if (this.#resampler.from === sampleRate) return this.#resampler.push(mono);
    const held = this.#resampler.flush();
    this.#resampler = new Resampler(sampleRate, this.#sampleRate);
    const settled = this.#resampler.push(mono);
    const joined = new Float32Array(held.length + settled.length);
    joined.set(held);
    joined.set(settled, held.length);
    return joined;
  }

  #refuseRest(reason: string): void {
    if (!this.#raw) return;
    const { decoder, mixer, channels } = this.#raw;
    const { pendingBytes, bytesPerSample } = decoder;
    const { pendingSamples } = mixer;
    if (pendingBytes === 0 && pendingSamples === 0) return;
    const found =
      pendingBytes > 0
        ? `within a sample, after ${pendingBytes} of its ${bytesPerSample} bytes`
        : `between channels, after ${pendingSamples} of ${channels}`;
    throw new AsrError(
      'AUDIO_INVALID',
      `the live audio breaks off ${found}, and ${reason}. Are format.encoding and format.channels right?`,
    );
  }
}

function rawReader(format: ChunkFormat): RawReader {
  const { sampleRate, channels, encoding } = readChunkFormat(format);
  return {
    sampleRate,
    channels,
    decoder: new SampleDecoder(encoding, sampleRate),
    mixer: new ChannelMixer(channels, sampleRate),
  };
}
