import { mixdown, type Pcm } from '@org/asr-node';
import { setTimeout as sleep } from 'node:timers/promises';

/** Seconds of a chunk. */
const CHUNK = 0.1;

/** A recording as a microphone would hear it: each chunk comes when its last sample has been played. */
export async function* play(recording: Pcm): AsyncGenerator<Pcm, void, undefined> {
  const { sampleRate } = recording;
  const samples = mixdown(recording);
  const length = Math.round(CHUNK * sampleRate);
  const start = performance.now();
  for (let at = 0; at < samples.length; at += length) {
    const played = (1000 * Math.min(at + length, samples.length)) / sampleRate;
    await sleep(Math.max(0, start + played - performance.now()));
    yield { samples: samples.subarray(at, at + length), sampleRate };
  }
}
