import { AsrError } from '../errors.js';
import { DeferredStream } from './deferred-stream.js';
import { EventReader } from './event-reader.js';
import type { OpenDecoder } from './live-decoder.js';
import type { SpeechStream } from './speech-stream.js';
import type { StreamEvent } from './stream-events.js';
import { planStream, type StreamPlan } from './stream-plan.js';
import type { AudioStreamSource, StreamOptions } from './stream-options.js';

/** Checks the options that are the model's own, and gives what loads the decoder of a stream. */
type PrepareDecoder = (plan: StreamPlan) => LoadDecoder;

/** Imports what live decoding needs that the model doesn't. */
export type LoadDecoder = () => OpenDecoder | Promise<OpenDecoder>;

/** The live streams of one model: opens them, and ends them with it. */
export class LiveStreams {
  readonly #open = new Set<DeferredStream>();

  /**
   * A stream that is fed by hand.
   *
   * @throws TypeError, RangeError for options that can't be; what `prepare` throws; the signal's reason.
   */
  open(options: StreamOptions, prepare: PrepareDecoder): SpeechStream {
    return this.#openDeferred(options, prepare);
  }

  /** A stream that reads a source. It is opened by the first read. */
  read(
    source: AudioStreamSource,
    options: StreamOptions,
    prepare: PrepareDecoder,
  ): AsyncGenerator<StreamEvent, void, undefined> {
    return new EventReader(() => this.#openDeferred(options, prepare, source));
  }

  /** Ends all streams; their readers are told that the model is gone. */
  async dispose(): Promise<void> {
    const error = new AsrError('DISPOSED', 'the model of this stream was disposed');
    await Promise.all([...this.#open].map((stream) => stream.fail(error)));
  }

  #openDeferred(options: StreamOptions, prepare: PrepareDecoder, source?: AudioStreamSource): DeferredStream {
    const plan = planStream(options);
    const load = prepare(plan);
    options.signal?.throwIfAborted();
    const close = (): void => void this.#open.delete(stream);
    const stream = new DeferredStream(async () => {
      try {
        const [{ openLiveStream, feedFrom }, open] = await Promise.all([
          import('./open-live-stream.js'),
          load(),
        ]);
        const live = openLiveStream(open, options, plan, close);
        if (source) void feedFrom(source, live, options);
        return live;
      } catch (error) {
        close();
        throw error;
      }
    });
    this.#open.add(stream);
    return stream;
  }
}
