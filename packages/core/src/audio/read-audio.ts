import { AsrError } from '../errors.js';
import { orAbort } from '../or-abort.js';
import type { Platform } from '../platform.js';
import { finishInTurns } from '../steps.js';
import {
  type AudioBufferLike,
  type AudioInput,
  type ByteStream,
  type Pcm,
  checkPcm,
  checkSampleRate,
  fromAudioBuffer,
  kindOf,
  mixdownSteps,
} from './pcm.js';
import { isWav } from './riff.js';

/** The parts of a platform that reading audio needs. */
export type AudioPlatform = Pick<Platform, 'readAudioFile' | 'decodeAudio'>;

/**
 * Reads any audio input to PCM at the rate and with the channels it has.
 *
 * Encoded bytes are recognised by their content: WAV is read here, everything else by `platform.decodeAudio`.
 * {@link Pcm} is checked and returned as it is; an `AudioBuffer` becomes it.
 *
 * @throws TypeError, RangeError for an input of the wrong kind; `signal.reason` when aborted.
 * @throws AsrError `AUDIO_INVALID` for empty, damaged or unrecognisable data, `AUDIO_UNSUPPORTED` for a format that
 *   can't be decoded here, or a path or URL where the platform reads none.
 */
export async function readAudio(
  input: AudioInput,
  platform: AudioPlatform,
  signal?: AbortSignal,
): Promise<Pcm> {
  signal?.throwIfAborted();
  const source = fromAudioBuffer(input);
  if (isPcmLike(source)) {
    checkPcm(source);
    return source;
  }
  const bytes = await readBytes(source, platform, signal);
  signal?.throwIfAborted();
  return decode(bytes, platform, signal);
}

/**
 * Makes what models take: mono samples at `sampleRate`, by `mixdown` and `resample`. That takes seconds for an hour of
 * audio; the event loop gets its turn in between.
 *
 * The result shares memory with mono input that already has this rate.
 * @throws TypeError, RangeError for malformed {@link Pcm}; AsrError `AUDIO_INVALID` for samples that are no audio;
 *   `signal.reason` when aborted.
 */
export async function prepareAudio(
  pcm: Pcm,
  sampleRate: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  checkSampleRate(sampleRate);
  const mono = await finishInTurns(mixdownSteps(pcm), signal);
  if (pcm.sampleRate === sampleRate) return mono;
  const { resampleSteps } = await import('./resampler.js');
  return finishInTurns(resampleSteps(mono, pcm.sampleRate, sampleRate), signal);
}

/** Also true for typed arrays that hold samples, so that `checkPcm` says what to pass instead. */
export function isPcmLike(input: Exclude<AudioInput, AudioBufferLike>): input is Pcm {
  if (typeof input !== 'object' || input === null) return false;
  if (ArrayBuffer.isView(input)) return kindOf(input) !== 'Uint8Array';
  return Array.isArray(input) || 'samples' in input || 'sampleRate' in input;
}

async function readBytes(
  input: Exclude<AudioInput, Pcm | AudioBufferLike>,
  platform: AudioPlatform,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const kind = kindOf(input);
  if (typeof input === 'string' || isUrl(input)) {
    if (platform.readAudioFile === undefined) {
      throw new AsrError(
        'AUDIO_UNSUPPORTED',
        `audio can't be read from a path or URL here (${typeof input === 'string' ? input : input.href}); fetch it and pass its bytes`,
      );
    }
    return platform.readAudioFile(input, signal);
  }
  if (kind === 'Uint8Array') return input as Uint8Array;
  if (kind === 'ArrayBuffer') return new Uint8Array(input as ArrayBuffer);
  if (isBlob(input)) return new Uint8Array(await orAbort(input.arrayBuffer(), signal));
  if (isByteStream(input)) return (await import('./audio-bytes.js')).readStream(input, signal);
  throw new TypeError(
    `audio must be { samples, sampleRate }, encoded bytes (Uint8Array, ArrayBuffer, Blob), a stream of bytes, ` +
      `a path or a URL; got ${kind}`,
  );
}

function isUrl(input: unknown): input is URL {
  return kindOf(input) === 'URL';
}

function isBlob(input: unknown): input is Blob {
  return typeof input === 'object' && input !== null && 'arrayBuffer' in input && 'size' in input;
}

export function isByteStream(input: unknown): input is ByteStream {
  return (
    typeof input === 'object' && input !== null && (Symbol.asyncIterator in input || 'getReader' in input)
  );
}

async function decode(
  bytes: Uint8Array,
  platform: AudioPlatform,
  signal: AbortSignal | undefined,
): Promise<Pcm> {
  if (bytes.length === 0) {
    throw new AsrError('AUDIO_INVALID', 'the audio is empty: 0 bytes, not even a file header');
  }
  if (!isWav(bytes)) return platform.decodeAudio(bytes, signal);
  try {
    const { readWavInTurns } = await import('./wav-reader.js');
    return await readWavInTurns(bytes, signal);
  } catch (error) {
    // A WAV file may hold other codecs (ADPCM, GSM, MP3), which the platform may know.
    if (!AsrError.isInstance(error) || error.code !== 'AUDIO_UNSUPPORTED') throw error;
    return platform.decodeAudio(bytes, signal);
  }
}
