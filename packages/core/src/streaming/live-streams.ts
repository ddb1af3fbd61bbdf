import { AsrError } from '../errors.js';
import { readChunks } from './audio-source.js';
import { ChunkConverter } from './chunk-converter.js';
import { EventReader } from './event-reader.js';
import type { OpenDecoder } from './live-decoder.js';
import { LiveStream } from './live-stream.js';
import type { StreamEvent } from './stream-events.js';
import { planStream, type StreamPlan } from './stream-plan.js';
import type { AudioStreamSource, StreamOptions } from './stream-options.js';

/** Checks the options that are the model's own and prepares the decoder of a stream. */
type PrepareDecoder = (plan: StreamPlan) => OpenDecoder;

/** The live streams of one model: opens them, and ends them with it. */
export class LiveStreams {
  readonly #open = new Set<LiveStream>();

  /**
   * A stream that is fed by hand.
   *
   * @throws TypeError, RangeError for options that can't be; what `prepare` throws; the signal's reason.
   */
  open(options: StreamOptions, prepare: PrepareDecoder): LiveStream {
    const plan = planStream(options);
    const { format, signal } = options;
    const stream = new LiveStream({
      open: prepare(plan),
      converter: (sampleRate) => new ChunkConverter(format, sampleRate),
      mode: plan.mode,
      signal,
      onClose: (closed) => this.#open.delete(closed),
    });
    this.#open.add(stream);
    return stream;
  }

  /** A stream that reads a source. It is opened by the first read. */
  read(
    source: AudioStreamSource,
    options: StreamOptions,
    prepare: PrepareDecoder,
  ): AsyncGenerator<StreamEvent, void, undefined> {
    return new EventReader(() => {
      const stream = this.open(options, prepare);
      void feedFrom(source, stream, options);
      return stream;
    });
  }

  /** Ends all streams; their readers are told that the model is gone. */
  async dispose(): Promise<void> {
    const error = new AsrError('DISPOSED', 'the model of this stream was disposed');
    await Promise.all(
      [...this.#open].map((stream) => {
        stream.fail(error);
        return stream.released();
      }),
    );
  }
}

/** What comes before an error of the source is transcribed before it is told. */
async function feedFrom(
  source: AudioStreamSource,
  stream: LiveStream,
  { format }: StreamOptions,
): Promise<void> {
  try {
    try {
      for await (const samples of readChunks(source, format, stream.sampleRate, stream.signal)) {
        await stream.feed(samples);
      }
    } catch (error) {
      if (stream.signal.aborted) return;
      await stream.flush();
      throw error;
    }
    if (!stream.signal.aborted) await stream.end();
  } catch (error) {
    stream.fail(error);
  }
}
