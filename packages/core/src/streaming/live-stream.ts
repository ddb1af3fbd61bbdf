import { AsrError } from '../errors.js';
import type { AudioPiece, ChunkReader } from './chunk-reader.js';
import { Deferred } from './deferred.js';
import { EventQueue } from './event-queue.js';
import { OneReader } from './event-reader.js';
import { Inbox, type Task } from './inbox.js';
import { LagMeter } from './lag-meter.js';
import type { LiveDecoder, LiveEvent, OpenDecoder } from './live-decoder.js';
import type { SpeechStream } from './speech-stream.js';
import type { StreamEvent } from './stream-events.js';
import type { AudioChunk } from './stream-options.js';

/** Audio that may wait before a writer is held up, in seconds: several decodes of the slowest kind. */
const HIGH_WATER = 10;
/** Audio that waits at most, for writers that don't let themselves be held up. Seconds; 19 MB at 16 kHz. */
const LIMIT = 300;
/** Unread events from which on a writer is held up. */
const MAX_UNREAD = 256;

/** What a {@link LiveStream} is made of. */
export interface LiveStreamParts {
  readonly open: OpenDecoder;
  /** From chunks to samples at the decoder's rate. */
  readonly reader: (sampleRate: number) => ChunkReader;
  readonly mode: 'dictation' | 'utterance';
  /** The caller's. */
  readonly signal?: AbortSignal | undefined;
  /** Told once, when the stream holds nothing any more. */
  readonly onClose?: (stream: LiveStream) => void;
  /** Seconds, for what depends on the pace. Default: the system's. */
  readonly clock?: (() => number) | undefined;
}

/** The one implementation of {@link SpeechStream}: one decode at a time, what waits for it, and how it all ends. */
export class LiveStream implements SpeechStream {
  readonly #parts: LiveStreamParts;
  readonly #decoder: LiveDecoder;
  readonly #chunks: ChunkReader;
  readonly #events = new EventQueue();
  readonly #inbox = new Inbox();
  readonly #reader = new OneReader();
  readonly #lag: LagMeter;
  readonly #controller = new AbortController();
  #writers: Deferred[] = [];
  #received = 0;
  #state: 'open' | 'ending' | 'ended' | 'failed' | 'disposed' = 'open';
  #error: unknown;
  #work: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #release: Promise<void> | undefined;

  /** @throws The signal's reason when it is aborted already; what `open` throws. */
  constructor(parts: LiveStreamParts) {
    parts.signal?.throwIfAborted();
    this.#parts = parts;
    this.#decoder = parts.open(this.#controller.signal);
    this.#chunks = parts.reader(this.#decoder.sampleRate);
    this.#lag = new LagMeter(parts.clock ?? (() => performance.now() / 1000));
    parts.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Hz: of what `feed` takes. */
  get sampleRate(): number {
    return this.#decoder.sampleRate;
  }

  /** Aborts when the stream is over, however it came to that. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async write(chunk: AudioChunk): Promise<void> {
    if (!this.#isOpen()) return;
    // All of them before anything is awaited: writes keep their order.
    await Promise.all(this.#chunks.push(chunk).map((piece) => this.feed(piece)));
  }

  /** {@link write} for a piece at {@link sampleRate}, whose memory is the stream's from now on. */
  async feed(piece: AudioPiece): Promise<void> {
    if (!this.#isOpen()) return;
    if ('missing' in piece) {
      this.#received += piece.missing;
      this.#inbox.add({ type: 'gap', missing: piece.missing });
    } else {
      this.#checkRoom(piece.length);
      this.#received += piece.length;
      this.#inbox.add({ type: 'audio', samples: piece });
    }
    this.#start();
    this.#measureLag();
    if (this.#hasRoom()) return;
    const writer = new Deferred();
    this.#writers.push(writer);
    await writer.promise;
  }

  async flush(): Promise<void> {
    if (this.#isOpen()) await this.#request('flush');
  }

  async end(): Promise<void> {
    this.#ending ??= this.#end();
    await this.#ending;
  }

  /** Ends the stream with an error that is not the decoder's, after the events that are there. */
  fail(error: unknown): void {
    if (this.#state !== 'open' && this.#state !== 'ending') return;
    this.#state = 'failed';
    this.#error = error;
    this.#events.close({ error });
    this.#stop(error);
  }

  async dispose(): Promise<void> {
    if (this.#state === 'open' || this.#state === 'ending') {
      this.#state = 'disposed';
      this.#stop(new AsrError('DISPOSED', 'this stream was disposed; open another'));
    }
    this.#events.cut();
    await this.#release;
  }

  /** Resolves when a stream that is over holds nothing any more. */
  async released(): Promise<void> {
    await this.#release;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, void, undefined> {
    return this.#reader.of(this);
  }

  /** The next event, undefined when there are no more. For the stream's one reader. */
  async next(): Promise<StreamEvent | undefined> {
    const event = await this.#events.next();
    if (this.#hasRoom()) this.#admit();
    return event;
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#parts.signal?.reason;
    this.#events.cut({ error: reason });
    this.fail(reason);
  };

  /** @returns false when the stream ended by itself, and what is written is not heard any more. */
  #isOpen(): boolean {
    if (this.#state === 'failed') throw this.#error;
    if (this.#state === 'disposed') throw new AsrError('DISPOSED', 'this stream was disposed; open another');
    if (this.#state === 'ending') throw new AsrError('DISPOSED', 'the audio was ended; open another stream');
    return this.#state === 'open';
  }

  async #end(): Promise<void> {
    if (!this.#isOpen()) return;
    const rest = this.#chunks.finish();
    for (const piece of rest) void this.feed(piece);
    this.#state = 'ending';
    await this.#request('end');
  }

  #request(type: 'flush' | 'end'): Promise<void> {
    const done = new Deferred();
    this.#inbox.add({ type, done });
    this.#start();
    return done.promise;
  }

  #start(): void {
    this.#work ??= this.#run();
  }

  async #run(): Promise<void> {
    // The caller goes on first: it may have more, and audio that comes together is decoded together.
    await Promise.resolve();
    try {
      for (let task = this.#inbox.take(); task; task = this.#inbox.take()) {
        try {
          if (await this.#perform(task)) this.#finish();
          if ('done' in task) task.done.resolve();
        } catch (error) {
          if ('done' in task) task.done.reject(error);
          this.fail(error);
        }
        this.#measureLag();
        if (this.#hasRoom()) this.#admit();
      }
    } finally {
      // At once: what comes from now on needs another run.
      this.#work = undefined;
    }
  }

  /** @returns Whether the stream is over with it. */
  async #perform(task: Task): Promise<boolean> {
    for await (const event of this.#decode(task)) {
      this.#controller.signal.throwIfAborted();
      this.#events.push(event);
      if (event.type === 'endpoint' && this.#parts.mode === 'utterance') return true;
    }
    return task.type === 'end';
  }

  #decode(task: Task): AsyncIterable<LiveEvent> {
    if (task.type === 'audio') return this.#decoder.push(task.samples);
    return task.type === 'gap' ? this.#decoder.skip(task.missing) : this.#decoder.flush(task.type);
  }

  #finish(): void {
    this.#events.push({ type: 'end', transcript: this.#decoder.transcript() });
    this.#events.close();
    this.#state = 'ended';
    this.#stop(new AsrError('DISPOSED', 'this stream has ended'));
  }

  /** Ends what is under way and lets go those who wait. */
  #stop(reason: unknown): void {
    this.#parts.signal?.removeEventListener('abort', this.#onAbort);
    for (const promised of this.#inbox.clear()) {
      if (this.#state === 'ended') promised.resolve();
      else promised.reject(reason);
    }
    this.#admit();
    this.#controller.abort(reason);
    this.#release = this.#free();
    // Whoever disposes the stream is told; nobody may.
    this.#release.catch(() => {});
  }

  async #free(): Promise<void> {
    await this.#work;
    try {
      await this.#decoder.dispose();
    } finally {
      this.#parts.onClose?.(this);
    }
  }

  /** @throws AsrError `STREAM_OVERRUN` when so many samples more are too many. */
  #checkRoom(samples: number): void {
    const waiting = this.#inbox.samples;
    if (waiting + samples <= LIMIT * this.sampleRate) return;
    const seconds = (count: number): string => `${Math.round(count / this.sampleRate)} s`;
    throw new AsrError(
      'STREAM_OVERRUN',
      samples > LIMIT * this.sampleRate
        ? `one chunk holds ${seconds(samples)} of audio; a stream takes up to ${LIMIT} s at once. Write shorter chunks and ` +
            'await each write(), pass the audio to stream() as a source, or transcribe() it as the recording that it is'
        : `${seconds(waiting)} of audio wait to be decoded, and ${LIMIT} s may; await each write() before the next chunk, ` +
            'so that audio comes no faster than it is decoded',
    );
  }

  #hasRoom(): boolean {
    return this.#inbox.samples <= HIGH_WATER * this.sampleRate && this.#events.size <= MAX_UNREAD;
  }

  /** Lets writers go on. After a failure too: the next write tells them. */
  #admit(): void {
    for (const writer of this.#writers.splice(0)) writer.resolve();
  }

  #measureLag(): void {
    if (this.#state !== 'open' && this.#state !== 'ending') return;
    const lag = this.#lag.update(this.#received / this.sampleRate, this.#inbox.samples / this.sampleRate);
    if (lag !== undefined) this.#events.push({ type: 'lag', seconds: lag });
  }
}
