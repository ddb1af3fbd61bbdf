import type { AudioInput } from '../audio/pcm.js';
import type { SpeechModel, TranscribeOptions } from '../speech-model.js';
import type { AudioChunk, StreamOptions } from '../streaming/stream-options.js';
import type { Channel, Methods } from './channel.js';
import { disposeOffer, readOptions } from './offer-options.js';
import { unpackValue } from './pack-value.js';
import { fetchPieces, unpackAudio } from './remote-audio.js';
import { offerIterator } from './remote-iterator.js';

/** @returns the number under which the other side calls `model`. */
export function offerModel(channel: Channel, model: SpeechModel): number {
  type Arguments = [audio: AudioInput, options: TranscribeOptions];
  const unpack = async (
    [audio, options, progress]: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Arguments> => [
    await unpackAudio(channel, audio, signal),
    readOptions(channel, options, progress, signal),
  ];
  const methods: Methods = {
    transcribe: async (args, signal) => model.transcribe(...(await unpack(args, signal))),
    segments: (args) =>
      offerIterator(channel, async function* (signal) {
        yield* model.segments(...(await unpack(args, signal)));
      }),
    stream: ([source, options]) =>
      offerIterator(channel, (signal) =>
        model.stream(fetchPieces(channel, source as number, signal) as AsyncIterable<AudioChunk>, {
          ...readOptions(channel, options, undefined, signal),
        }),
      ),
    openStream: ([options]) => offerStream(channel, model, unpackValue(channel, options) as StreamOptions),
    dispose: () => disposeOffer(channel, target, model),
  };
  const target = channel.offer(methods, model);
  return target;
}

function offerStream(channel: Channel, model: SpeechModel, options: StreamOptions): number {
  const stream = model.openStream(options);
  const events = stream[Symbol.asyncIterator]();
  const target = channel.offer({
    write: ([chunk]) => stream.write(chunk as AudioChunk),
    flush: () => stream.flush(),
    finish: () => stream.end(),
    async next() {
      const { done, value } = await events.next();
      return done ? undefined : { value };
    },
    end: () => disposeOffer(channel, target, stream),
  });
  return target;
}
