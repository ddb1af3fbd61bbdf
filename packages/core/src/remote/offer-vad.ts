import type { AudioInput } from '../audio/pcm.js';
import type { SpeechSegmenterOptions } from '../vad/segmenter-options.js';
import type { DetectSpeechOptions, Vad } from '../vad/vad.js';
import type { Channel, Methods } from './channel.js';
import { disposeOffer, readOptions } from './offer-options.js';
import { unpackAudio } from './remote-audio.js';

/** @returns the number under which the other side calls `vad`. */
export function offerVad(channel: Channel, vad: Vad): number {
  const call =
    (method: (audio: AudioInput, options: DetectSpeechOptions) => unknown): Methods[string] =>
    async ([audio, options, progress], signal) =>
      method(await unpackAudio(channel, audio, signal), readOptions(channel, options, progress, signal));
  const target = channel.offer(
    {
      detect: call((audio, options) => vad.detect(audio, options)),
      probabilities: call((audio, options) => vad.probabilities(audio, options)),
      stream: ([options]) => offerVadStream(channel, vad, options as SpeechSegmenterOptions),
      dispose: () => disposeOffer(channel, target, vad),
    },
    vad,
  );
  return target;
}

function offerVadStream(channel: Channel, vad: Vad, options: SpeechSegmenterOptions): number {
  const stream = vad.stream(options);
  const target = channel.offer({
    push: async ([samples]) => {
      const events = await stream.push(samples as Float32Array);
      return { events, speaking: stream.speaking };
    },
    finish: async () => {
      const events = await stream.finish();
      return { events, speaking: stream.speaking };
    },
    dispose: () => disposeOffer(channel, target, stream),
  });
  return target;
}
