import { AsrError, sniffContainer } from '@org/asr-core';
import type { Pcm } from '@org/asr-core';

/**
 * Browsers decode to the rate of the context, not to that of the file. 48 kHz keeps everything a recording holds
 * that speech models use; from there core's resampler, whose filter is known and tested, goes to the model's rate.
 */
const DECODE_RATE = 48_000;

/**
 * Decodes compressed audio with the browser's own codecs, channels kept.
 *
 * @throws AsrError `AUDIO_INVALID` for bytes of no known format; `AUDIO_UNSUPPORTED` where the browser can't decode
 *   them, or has no decoder here (Web Workers have none).
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
  if (typeof OfflineAudioContext === 'undefined') {
    throw new AsrError(
      'AUDIO_UNSUPPORTED',
      `${container} audio can't be decoded here: there is no OfflineAudioContext (Web Workers have none). Decode it ` +
        'on the page and pass { samples, sampleRate }, or pass WAV',
    );
  }
  const context = new OfflineAudioContext({ numberOfChannels: 1, length: 1, sampleRate: DECODE_RATE });
  let decoded: AudioBuffer;
  try {
    // decodeAudioData takes its buffer away from the caller, whose bytes these are.
    decoded = await context.decodeAudioData(new Uint8Array(bytes).buffer);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AsrError(
      'AUDIO_UNSUPPORTED',
      `this browser can't decode this ${container} audio: it lacks the codec, or the file is damaged`,
      { cause },
    );
  }
  signal?.throwIfAborted();
  const samples = Array.from({ length: decoded.numberOfChannels }, (_, channel) =>
    decoded.getChannelData(channel),
  );
  return { samples, sampleRate: decoded.sampleRate };
}
