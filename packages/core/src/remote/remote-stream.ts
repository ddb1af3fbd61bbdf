import { chunkIterator } from '../audio/chunk-iterator.js';
import { AsrError } from '../errors.js';
import { checkAudioSource } from '../streaming/audio-source.js';
import { cutChunk } from '../streaming/cut-chunk.js';
import { EventReader, OneReader } from '../streaming/event-reader.js';
import type { SpeechStream } from '../streaming/speech-stream.js';
import type { StreamEvent } from '../streaming/stream-events.js';
import { planStream } from '../streaming/stream-plan.js';
import type { AudioChunk, AudioStreamSource, StreamOptions } from '../streaming/stream-options.js';
import type { Channel } from './channel.js';
import { packValue } from './pack-value.js';
import { copyChunk, offerPieces } from './remote-audio.js';

/** Options without the signal, which is heeded on this side. @throws what `openStream` throws for options. */
export function packStreamOptions(channel: Channel, { signal, ...rest }: StreamOptions): unknown {
  signal?.throwIfAborted();
  const plain = packValue(channel, 'options', rest);
  planStream(rest);
  return plain;
}

/** The events of a source of this thread, transcribed in the other one. */
export function readRemotely(
  channel: Channel,
  model: () => number,
  source: AudioStreamSource,
  options: StreamOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  return new EventReader(() => {
    const target = model();
    const plain = packStreamOptions(channel, options);
    checkAudioSource(source);
    let failure: { readonly error: unknown } | undefined;
    const pieces = offerPieces(channel, chunkIterator<AudioChunk>(source), (error) => (failure = { error }));
    const events = new RemoteEvents(
      channel,
      channel.call(target, 'stream', [pieces.source, plain]),
      options.signal,
    );
    return {
      // The source's own error, not the copy of it that went through the other thread.
      next: () =>
        events.next().catch((error: unknown) => {
          throw failure && !options.signal?.aborted ? failure.error : error;
        }),
      async dispose() {
        pieces.release();
        await events.dispose();
      },
    };
  });
}

/** Events that the other side has offered. */
class RemoteEvents {
  readonly channel: Channel;
  readonly opening: Promise<number>;
  readonly signal: AbortSignal | undefined;

  constructor(channel: Channel, opening: Promise<unknown>, signal: AbortSignal | undefined) {
    this.channel = channel;
    this.opening = opening as Promise<number>;
    this.signal = signal;
    // Whoever reads or writes hears of it.
    opening.catch(() => {});
  }

  async next(): Promise<StreamEvent | undefined> {
    const target = await this.opening;
    const next = await this.channel.call(target, 'next', [], { signal: this.signal });
    return (next as { readonly value: StreamEvent } | undefined)?.value;
  }

  async dispose(): Promise<void> {
    // A stream that did not open, or that has ended, holds nothing.
    const target = await this.opening.catch(() => undefined);
    if (target === undefined || this.channel.failed) return;
    await this.channel.call(target, 'end', []).catch((error: unknown) => {
      if (!AsrError.isInstance(error) || error.code !== 'DISPOSED') throw error;
    });
  }
}

/** A stream of the other thread that is fed by hand. */
export class RemoteSpeechStream implements SpeechStream {
  readonly #events: RemoteEvents;
  #isDisposed = false;
  readonly #reader = new OneReader();

  constructor(channel: Channel, opening: Promise<unknown>, signal: AbortSignal | undefined) {
    this.#events = new RemoteEvents(channel, opening, signal);
    signal?.addEventListener('abort', () => void this.dispose().catch(() => {}), { once: true });
  }

  async write(chunk: AudioChunk): Promise<void> {
    // All pieces are on their way before anything is awaited: writes keep their order, the memory is the caller's again.
    const pieces = [...cutChunk(chunk)].map((piece) => copyChunk(piece));
    await Promise.all(pieces.map(({ copy, buffers }) => this.#call('write', [copy], buffers)));
  }

  flush(): Promise<void> {
    return this.#call('flush');
  }

  end(): Promise<void> {
    return this.#call('finish');
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#events.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, void, undefined> {
    return this.#reader.of({
      next: async () => (this.#isDisposed ? undefined : this.#next()),
      dispose: () => this.dispose(),
    });
  }

  async #next(): Promise<StreamEvent | undefined> {
    try {
      return await this.#events.next();
    } catch (error) {
      // Disposed while it was waited for: the iteration ends.
      if (this.#isDisposed && !this.#events.signal?.aborted) return undefined;
      throw error;
    }
  }

  async #call(
    method: string,
    args: readonly unknown[] = [],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<void> {
    this.#events.signal?.throwIfAborted();
    if (this.#isDisposed) throw new AsrError('DISPOSED', 'this stream was disposed; open another');
    await this.#events.channel.call(await this.#events.opening, method, args, { transfer });
  }
}
