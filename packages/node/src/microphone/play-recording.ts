import { setTimeout as sleep } from 'node:timers/promises';
import { mixdown, type Pcm, type TimedChunk } from '@org/asr-core';

/** Options of {@link playRecording}. */
export interface PlayRecordingOptions {
  /**
   * `realtime` (default): a chunk comes when its last sample would have been spoken, however busy the reader is; `fast`: at
   * once.
   */
  readonly pace?: 'realtime' | 'fast';
  /** Length of the chunks in seconds, 0.001 to 10. Default 0.1. */
  readonly chunkSeconds?: number;
  /** Ends the playing; reading rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/**
 * A recording as a microphone would hear it, to try and test live code with: a source for `model.stream`.
 *
 * @param recording Of any rate; several channels are averaged.
 * @throws RangeError for options; from the iteration `signal.reason`.
 */
export function playRecording(
  recording: Pcm,
  { pace = 'realtime', chunkSeconds = 0.1, signal }: PlayRecordingOptions = {},
): AsyncGenerator<TimedChunk<Pcm>, void, undefined> {
  if (pace !== 'realtime' && pace !== 'fast') {
    throw new RangeError(`pace must be realtime or fast; got ${String(pace)}`);
  }
  if (!(chunkSeconds >= 0.001 && chunkSeconds <= 10)) {
    throw new RangeError(`chunkSeconds must be from 0.001 to 10; got ${chunkSeconds}`);
  }
  return play(recording, pace, chunkSeconds, signal);
}

async function* play(
  recording: Pcm,
  pace: 'realtime' | 'fast',
  chunkSeconds: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<TimedChunk<Pcm>, void, undefined> {
  const { sampleRate } = recording;
  const samples = mixdown(recording);
  const length = Math.max(1, Math.round(chunkSeconds * sampleRate));
  const start = performance.now();
  for (let at = 0; at < samples.length; at += length) {
    const spoken = (1000 * Math.min(at + length, samples.length)) / sampleRate;
    const early = pace === 'fast' ? 0 : start + spoken - performance.now();
    if (early > 0) await sleep(early, undefined, signal && { signal }).catch(() => {});
    signal?.throwIfAborted();
    yield { audio: { samples: samples.subarray(at, at + length), sampleRate }, time: at / sampleRate };
  }
}
