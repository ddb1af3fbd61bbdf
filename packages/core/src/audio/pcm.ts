import { AsrError } from '../errors.js';
import { finish, type Steps } from '../steps.js';

/**
 * Uncompressed audio: samples as floats in −1…1 and the rate that gives them meaning.
 * One `Float32Array` is mono; an array of them is one per channel, all of the same length.
 */
export interface Pcm {
  /** One channel, or an array of channels of the same length. −1…1; values beyond are taken as they are. */
  readonly samples: Float32Array | readonly Float32Array[];
  /** Samples per second and channel, in Hz: a whole number in 1000…768000. */
  readonly sampleRate: number;
}

/** What a browser's `AudioBuffer` is, for environments without one. */
export interface AudioBufferLike {
  /** In Hz. */
  readonly sampleRate: number;
  /** Channels, each of the same length. */
  readonly numberOfChannels: number;
  /** The samples of a channel, in −1…1. */
  getChannelData(channel: number): Float32Array;
}

/** Chunks of encoded bytes (a file being read, an upload). */
export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * What can be transcribed: {@link Pcm}, an `AudioBuffer`, or an encoded file as bytes, `Blob`, stream of bytes, URL, or
 * (Node) path. A bare `Float32Array` is refused, because its sample rate would be a guess.
 */
export type AudioInput = Pcm | AudioBufferLike | Uint8Array | ArrayBuffer | Blob | ByteStream | URL | string;

/**
 * Largest sample value that is taken for audio: 40 dB above full scale. Float recordings may exceed 1 a little; integers
 * that were not scaled exceed this, and a model would make up text for them.
 */
const LOUDEST = 100;
/** Samples that are checked and mixed in one step. */
const BLOCK = 1 << 17;

/** Lowest and highest sample rate in Hz that the SDK handles. */
export const SAMPLE_RATE_RANGE = { min: 1000, max: 768_000 } as const;

/** Name of a value's kind for error messages; works across realms, unlike `instanceof`. */
export function kindOf(value: unknown): string {
  return value === null || typeof value !== 'object'
    ? String(value === null ? null : typeof value)
    : tag(value);
}

function tag(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** @throws RangeError unless `sampleRate` is a whole number within {@link SAMPLE_RATE_RANGE}. */
export function checkSampleRate(sampleRate: unknown, name = 'sampleRate'): asserts sampleRate is number {
  if (typeof sampleRate !== 'number') {
    throw new TypeError(`${name} must be a number in Hz, for example 16000; got ${kindOf(sampleRate)}`);
  }
  const { min, max } = SAMPLE_RATE_RANGE;
  if (!Number.isInteger(sampleRate) || sampleRate < min || sampleRate > max) {
    throw new RangeError(`${name} must be a whole number of Hz in ${min}…${max}; got ${sampleRate}`);
  }
}

/**
 * Checks the shape of {@link Pcm} (not the sample values, see {@link mixdown}).
 * @throws TypeError for anything that is not `Pcm`, a bare `Float32Array` or channels of different length included.
 * @throws RangeError for a sample rate outside 1000…768000 Hz.
 */
export function checkPcm(value: unknown): asserts value is Pcm {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Array.isArray(value)) {
    throw new TypeError(
      `audio samples need their sample rate: pass { samples, sampleRate } instead of a bare ${kindOf(value)}`,
    );
  }
  const { samples, sampleRate } = value as { samples?: unknown; sampleRate?: unknown };
  if (kindOf(samples) !== 'Float32Array') checkChannels(samples);
  checkSampleRate(sampleRate);
}

function checkChannels(samples: unknown): void {
  if (!Array.isArray(samples)) {
    throw new TypeError(
      `samples must be a Float32Array (mono) or an array of them (one per channel); got ${kindOf(samples)}`,
    );
  }
  if (samples.length === 0) throw new TypeError('samples has no channels; pass at least one Float32Array');
  const channels: readonly unknown[] = samples;
  const wrong = channels.findIndex((channel) => kindOf(channel) !== 'Float32Array');
  if (wrong >= 0) {
    throw new TypeError(`samples[${wrong}] must be a Float32Array; got ${kindOf(channels[wrong])}`);
  }
  const lengths = (channels as readonly Float32Array[]).map((channel) => channel.length);
  if (lengths.some((length) => length !== lengths[0])) {
    throw new TypeError(`all channels must have the same length; got ${lengths.join(', ')} samples`);
  }
}

/** An `AudioBuffer` as {@link Pcm}, which shares its memory; anything else as it is. */
export function fromAudioBuffer(input: AudioInput): Exclude<AudioInput, AudioBufferLike> {
  if (typeof input !== 'object' || input === null || !('getChannelData' in input)) return input;
  const { numberOfChannels, sampleRate } = input;
  const samples = Array.from({ length: numberOfChannels }, (_, channel) => input.getChannelData(channel));
  return { samples, sampleRate };
}

/** The channels of checked audio, one array each. */
export function channelsOf(pcm: Pcm): readonly Float32Array[] {
  return kindOf(pcm.samples) === 'Float32Array'
    ? [pcm.samples as Float32Array]
    : (pcm.samples as readonly Float32Array[]);
}

/**
 * The average of all channels, as one mono channel.
 * Mono input is returned as it is, not copied.
 * @throws TypeError, RangeError for malformed {@link Pcm}.
 * @throws AsrError `AUDIO_INVALID` for samples that are NaN or far outside −1…1 (beyond ±100), as unscaled integers are.
 */
export function mixdown(pcm: Pcm): Float32Array {
  return finish(mixdownSteps(pcm));
}

/** {@link mixdown} in steps. */
export function* mixdownSteps(pcm: Pcm): Steps<Float32Array> {
  checkPcm(pcm);
  const channels = channelsOf(pcm);
  const first = channels[0]!;
  const mono = channels.length === 1 ? first : new Float32Array(first.length);
  for (let from = 0; from < first.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, first.length);
    for (const [index, channel] of channels.entries()) checkSamples(channel, index, from, to);
    if (mono !== first) average(channels, mono, from, to);
    yield;
  }
  return mono;
}

function average(channels: readonly Float32Array[], mono: Float32Array, from: number, to: number): void {
  const scale = 1 / channels.length;
  for (let i = from; i < to; i++) {
    // Summed in double precision: channels in opposite phase must cancel exactly.
    let sum = 0;
    for (let c = 0; c < channels.length; c++) sum += channels[c]![i]!;
    mono[i] = sum * scale;
  }
}

function checkSamples(samples: Float32Array, channel: number, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    // False for NaN too.
    if (Math.abs(samples[i]!) <= LOUDEST) continue;
    const found = `sample ${i} of channel ${channel} is ${samples[i]}; audio samples must be`;
    throw new AsrError(
      'AUDIO_INVALID',
      Number.isFinite(samples[i])
        ? `${found} floats in −1…1. If these are 16-bit integers, divide them by 32768`
        : `${found} finite numbers in −1…1`,
    );
  }
}
