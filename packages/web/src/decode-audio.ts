import { AsrError, sniffContainer } from '@org/asr-core';
import type { AudioContainer, Pcm } from '@org/asr-core';
import { messageOf } from './ort/messages.js';

/**
 * Browsers decode to the rate of the context, not to that of the file. 48 kHz keeps everything a recording holds
 * that speech models use; from there core's resampler, whose filter is known and tested, goes to the model's rate.
 */
const DECODE_RATE = 48_000;

type Decode = (bytes: Uint8Array, signal?: AbortSignal) => Promise<Pcm>;

/**
 * Decodes compressed audio with the browser's own codecs, channels kept: through Web Audio on a page, through WebCodecs in a
 * worker, which has no Web Audio.
 *
 * @throws AsrError `AUDIO_INVALID` for bytes of no known format; `AUDIO_UNSUPPORTED` where the browser can't decode
 *   them, or has no decoder here.
 */
export async function decodeAudio(bytes: Uint8Array, signal?: AbortSignal): Promise<Pcm> {
  signal?.throwIfAborted();
  const container = sniffContainer(bytes);
  if (container === undefined) {
    throw new AsrError(
      'AUDIO_INVALID',
      'the audio is in no known format; pass WAV, FLAC, MP3, Ogg, MP4 or another format that the browser decodes',
    );
  }
  const decode: Decode =
    typeof OfflineAudioContext === 'undefined' ? await webCodecs(container) : decodeWithWebAudio;
  let decoded: Pcm;
  try {
    decoded = await decode(bytes, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AsrError(
      'AUDIO_UNSUPPORTED',
      `this browser can't decode this ${container} audio: it lacks the codec, or the file is damaged (${messageOf(cause)})`,
      { cause },
    );
  }
  signal?.throwIfAborted();
  return decoded;
}

/** Imported with the first file that needs it: what takes files apart is 67 kB (gzip). */
async function webCodecs(container: AudioContainer): Promise<Decode> {
  if (typeof AudioDecoder === 'undefined') {
    throw new AsrError(
      'AUDIO_UNSUPPORTED',
      `${container} audio can't be decoded here: there is neither OfflineAudioContext (Web Workers have none) nor ` +
        'WebCodecs (it takes a secure page and a recent browser). Decode it on the page and pass { samples, sampleRate }, ' +
        'or pass WAV',
    );
  }
  return (await import('./webcodecs-audio.js')).decodeWithWebCodecs;
}

async function decodeWithWebAudio(bytes: Uint8Array): Promise<Pcm> {
  const context = new OfflineAudioContext({ numberOfChannels: 1, length: 1, sampleRate: DECODE_RATE });
  // decodeAudioData takes its buffer away from the caller, whose bytes these are.
  const decoded = await context.decodeAudioData(new Uint8Array(bytes).buffer);
  const samples = Array.from({ length: decoded.numberOfChannels }, (_, channel) =>
    decoded.getChannelData(channel),
  );
  return { samples, sampleRate: decoded.sampleRate };
}
