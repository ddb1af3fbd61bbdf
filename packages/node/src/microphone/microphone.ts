import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { AsrError, CaptureClock, type Pcm, type TimedChunk } from '@org/asr-core';
import { recorders, SAMPLE_RATE, type Recorder } from './recorders.js';

/** Options of {@link microphone}. */
export interface MicrophoneOptions {
  /** Which input, as the recorder calls it (`arecord -L`, `AUDIODEV` of SoX, `-i` of ffmpeg). Default: the system's usual one. */
  readonly device?: string;
  /** Ends the recording; reading rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/**
 * Live audio for `model.stream`: mono {@link Pcm} in chunks, for one reader. Leaving the loop stops the recording. The time of a
 * chunk is counted from the start; it goes on while the machine sleeps, so that a stream knows of the gap.
 */
export interface LiveAudio extends AsyncIterableIterator<TimedChunk<Pcm>, undefined, undefined> {
  /** Ends the audio: what was heard is still read, then the iteration ends. Idempotent. */
  stop(): Promise<void>;
  /** Ends the audio at once. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/**
 * The microphone of this machine, through the first recorder that is installed: `arecord` (ALSA), `rec` (SoX) or `ffmpeg`
 * (PulseAudio, macOS; on Windows with `device`). It is started when the first chunk is read.
 *
 * @throws From `next()`: AsrError `AUDIO_UNAVAILABLE` when there is no recorder, or it fails, with what it says;
 *   `signal.reason`.
 * @example
 * ```ts
 * const audio = microphone();
 * process.once('SIGINT', () => void audio.stop());
 * for await (const event of model.stream(audio)) show(event);
 * ```
 */
export function microphone(options: MicrophoneOptions = {}): LiveAudio {
  return new Recording(options);
}

type RecorderProcess = ChildProcessByStdio<null, Readable, Readable>;

class Recording implements LiveAudio {
  readonly #chunks: AsyncGenerator<TimedChunk<Pcm>, undefined, undefined>;
  readonly #stopping = new AbortController();
  #child: RecorderProcess | undefined;

  constructor(options: MicrophoneOptions) {
    this.#chunks = this.#record(options);
  }

  next(): Promise<IteratorResult<TimedChunk<Pcm>, undefined>> {
    return this.#chunks.next();
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#child?.kill();
    return Promise.resolve();
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    // The generator may be waiting for the recorder, and hears of `return` only behind that.
    await this.stop();
    await this.#chunks.return(undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async *#record({ device, signal }: MicrophoneOptions): AsyncGenerator<TimedChunk<Pcm>, undefined> {
    signal?.throwIfAborted();
    if (this.#stopping.signal.aborted) return;
    const { program, child } = await startRecorder(recorders(device, process.platform));
    this.#child = child;
    const closed = once(child, 'close') as Promise<[number | null]>;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-1000)));
    const kill = (): void => void child.kill();
    signal?.addEventListener('abort', kill, { once: true });
    if (signal?.aborted || this.#stopping.signal.aborted) kill();
    try {
      yield* timedChunks(child.stdout, signal);
    } finally {
      signal?.removeEventListener('abort', kill);
      kill();
    }
    signal?.throwIfAborted();
    const [code] = await closed;
    if (code !== 0 && !this.#stopping.signal.aborted) throw failure(program, code, said.trim());
  }
}

/** @throws AsrError `AUDIO_UNAVAILABLE` when none is installed. */
async function startRecorder(
  candidates: readonly Recorder[],
): Promise<{ readonly program: string; readonly child: RecorderProcess }> {
  for (const { program, args, env } of candidates) {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const started = once(child, 'spawn').then(
      () => true,
      () => false,
    );
    if (await started) return { program, child };
  }
  const names = candidates.map(({ program }) => program).join(', ');
  const windows = process.platform === 'win32' ? ' (ffmpeg needs the name of a device on Windows)' : '';
  throw new AsrError(
    'AUDIO_UNAVAILABLE',
    `there is no program to record with: found none of ${names} on PATH; install one${windows}`,
  );
}

/** Bytes of a recorder as samples with their times. What a recorder that was killed cuts off of a sample is left out. */
async function* timedChunks(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<TimedChunk<Pcm>, void, undefined> {
  const clock = new CaptureClock(SAMPLE_RATE);
  let rest: Uint8Array = new Uint8Array(0);
  let frame = 0;
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const length = joined.length >> 1;
    rest = joined.slice(2 * length);
    if (length === 0) continue;
    const view = new DataView(joined.buffer, joined.byteOffset);
    const samples = Float32Array.from({ length }, (_, i) => view.getInt16(2 * i, true) / 32_768);
    const now = Date.now();
    const time = clock.timeOf({ frame, length, began: now, sent: now });
    frame += length;
    yield { audio: { samples, sampleRate: SAMPLE_RATE }, time };
  }
}

function failure(program: string, code: number | null, said: string): AsrError {
  return new AsrError(
    'AUDIO_UNAVAILABLE',
    `${program} stopped recording (${code === null ? 'it was killed' : `exit code ${code}`}): ${said || 'it gave no reason'}. ` +
      'Is the microphone plugged in, and does no other program use it?',
  );
}
