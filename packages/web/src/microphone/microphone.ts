import { AsrError } from '@org/asr-core';
import type { Pcm, TimedChunk } from '@org/asr-core';
import { Capture } from './capture.js';
import type { CaptureOptions } from './capture.js';

/** Options of {@link microphone}. */
export interface MicrophoneOptions extends CaptureOptions {
  /** Which device, and what the browser does to its sound. Default: the usual device with the browser's own processing. */
  readonly constraints?: MediaTrackConstraints;
  /** Ends the capture; reading rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/**
 * Live audio for `model.stream`: mono {@link Pcm} in chunks, for one reader. Leaving the loop stops the capture.
 *
 * The time of a chunk is counted from the start of the capture. It goes on while there is no audio: the machine sleeps, a
 * telephone call takes the device, the input gives nothing. A stream so knows of the gap. Audio that is less than a second late
 * counts as there.
 */
export interface LiveAudio extends AsyncIterableIterator<TimedChunk<Pcm>, undefined, undefined> {
  /** Ends the audio: what was heard is still read, then the iteration ends. Idempotent. */
  stop(): Promise<void>;
  /** Ends the audio at once. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/** Audio that may wait for a reader, in seconds. */
const LIMIT = 300;

/**
 * The user's microphone. It is opened, and the user asked, when the first chunk is read; that must happen on the page, not in
 * a worker.
 *
 * @throws From `next()`: AsrError `AUDIO_UNAVAILABLE` when the user or the page's policy refuses, there is no device, or it is
 *   lost while it is used; `STREAM_OVERRUN` when nobody reads for minutes; RangeError for `chunkSeconds`; `signal.reason`.
 * @example
 * ```ts
 * const audio = microphone();
 * stopButton.onclick = () => audio.stop();
 * for await (const event of model.stream(audio)) show(event);
 * ```
 */
export function microphone(options: MicrophoneOptions = {}): LiveAudio {
  return new LiveCapture(() => openMicrophone(options.constraints ?? {}), true, options);
}

/**
 * The sound of a `MediaStream` (a call, a shared tab, an element's `captureStream()`). Its tracks stay the caller's.
 *
 * @throws From `next()`: as {@link microphone}; TypeError for a stream without an audio track.
 */
export function mediaStreamAudio(
  stream: MediaStream,
  options: Omit<MicrophoneOptions, 'constraints'> = {},
): LiveAudio {
  return new LiveCapture(() => Promise.resolve(stream), false, options);
}

class LiveCapture implements LiveAudio {
  readonly #openStream: () => Promise<MediaStream>;
  readonly #ownsStream: boolean;
  readonly #options: MicrophoneOptions;
  readonly #chunks: TimedChunk<Pcm>[] = [];
  #waitingSeconds = 0;
  #wake = (): void => {};
  #state: 'new' | 'open' | 'stopping' | 'over' = 'new';
  #failure: { readonly error: unknown } | undefined;
  #opening: Promise<Capture> | undefined;
  #stream: MediaStream | undefined;

  constructor(openStream: () => Promise<MediaStream>, ownsStream: boolean, options: MicrophoneOptions) {
    this.#openStream = openStream;
    this.#ownsStream = ownsStream;
    this.#options = options;
  }

  async next(): Promise<IteratorResult<TimedChunk<Pcm>, undefined>> {
    if (this.#state === 'new') await this.#start();
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#waitingSeconds -= secondsOf(chunk);
        return { done: false, value: chunk };
      }
      if (this.#failure) throw this.#failure.error;
      if (this.#state === 'over') return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    if (this.#state === 'new') this.#state = 'over';
    if (this.#state !== 'open') return;
    this.#state = 'stopping';
    const capture = await this.#opening?.catch(() => undefined);
    capture?.finish();
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#chunks.length = 0;
    await this.#close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #start(): Promise<void> {
    const { signal, chunkSeconds } = this.#options;
    if (chunkSeconds !== undefined && !(chunkSeconds >= 0.01 && chunkSeconds <= 10)) {
      throw new RangeError(`chunkSeconds must be from 0.01 to 10; got ${chunkSeconds}`);
    }
    signal?.throwIfAborted();
    this.#state = 'open';
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#opening = this.#open();
    try {
      await this.#opening;
    } catch (error) {
      await this.#close();
      throw error;
    }
    // Aborted, stopped or left while the user was asked.
    if (this.#hasEnded()) await this.#close();
  }

  async #open(): Promise<Capture> {
    const stream = await this.#openStream();
    this.#stream = stream;
    const [track] = stream.getAudioTracks();
    if (!track) throw new TypeError('the MediaStream has no audio track');
    track.addEventListener('ended', this.#onLost);
    return Capture.start(stream, this.#options, {
      onChunk: (chunk) => this.#take(chunk),
      onEnd: () => void this.#close(),
    });
  }

  #hasEnded(): boolean {
    return this.#state === 'over';
  }

  #take(chunk: TimedChunk<Pcm>): void {
    if (this.#hasEnded()) return;
    this.#chunks.push(chunk);
    this.#waitingSeconds += secondsOf(chunk);
    if (this.#waitingSeconds > LIMIT) {
      this.#fail(
        new AsrError('STREAM_OVERRUN', `more than ${LIMIT} s of the microphone's audio wait to be read`),
      );
    }
    this.#wake();
  }

  readonly #onAbort = (): void => {
    this.#chunks.length = 0;
    this.#fail(this.#options.signal?.reason);
  };

  readonly #onLost = (): void => {
    const message =
      'the microphone was lost: it was unplugged, taken away by the system or its permission was withdrawn';
    this.#fail(new AsrError('AUDIO_UNAVAILABLE', message));
  };

  #fail(error: unknown): void {
    if (this.#hasEnded()) return;
    this.#failure = { error };
    void this.#close();
  }

  async #close(): Promise<void> {
    this.#state = 'over';
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    for (const track of this.#stream?.getAudioTracks() ?? []) {
      track.removeEventListener('ended', this.#onLost);
      if (this.#ownsStream) track.stop();
    }
    this.#wake();
    const capture = await this.#opening?.catch(() => undefined);
    await capture?.close();
  }
}

function secondsOf({ audio: { samples, sampleRate } }: TimedChunk<Pcm>): number {
  return (samples as Float32Array).length / sampleRate;
}

/** What browsers reject `getUserMedia` with, and what to do about it. */
const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError:
    'it was not allowed, by the user, the system or a Permissions-Policy; allow it and start again',
  NotFoundError: 'there is no microphone; connect one and start again',
  NotReadableError: 'another program or the system holds it; close that and start again',
  OverconstrainedError: 'no microphone fits the constraints; ask for less',
};

async function openMicrophone(constraints: MediaTrackConstraints): Promise<MediaStream> {
  const devices = globalThis.navigator.mediaDevices as MediaDevices | undefined;
  if (devices?.getUserMedia === undefined) {
    throw new AsrError(
      'AUDIO_UNAVAILABLE',
      'there is no microphone here: browsers give it to https: pages and localhost only, and not to workers',
    );
  }
  try {
    return await devices.getUserMedia({ audio: constraints });
  } catch (cause) {
    if (cause instanceof TypeError) throw cause;
    const { name, message } = cause as DOMException;
    throw new AsrError('AUDIO_UNAVAILABLE', `the microphone can't be used: ${REASONS[name] ?? message}`, {
      cause,
    });
  }
}
