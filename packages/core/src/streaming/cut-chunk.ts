import { channelsOf, checkPcm, kindOf } from '../audio/pcm.js';
import type { AudioChunk, TimedChunk } from './stream-options.js';
import { isTimed } from './timed-chunk.js';

/** Samples (per channel), or bytes, that are converted without a pause: some milliseconds of work. */
const LIMIT = 1 << 16;

/**
 * A chunk in pieces of a bounded size, so that a source that gives minutes at once blocks nobody. Pieces share its memory.
 *
 * @throws TypeError, RangeError for what is no chunk.
 */
export function* cutChunk(chunk: AudioChunk): Generator<AudioChunk, void, undefined> {
  if (isTimed(chunk)) {
    const { audio, time } = chunk;
    let at: number | undefined = time;
    for (const piece of cutChunk(audio)) {
      // Nothing is missing between the pieces.
      yield at === undefined ? piece : ({ audio: piece, time: at } as TimedChunk);
      at = undefined;
    }
    return;
  }
  const kind = kindOf(chunk);
  if (kind === 'Uint8Array' || kind === 'Float32Array') {
    const raw = chunk as Uint8Array | Float32Array;
    for (let at = 0; at < raw.length; at += LIMIT) yield raw.subarray(at, at + LIMIT);
    return;
  }
  checkPcm(chunk);
  const { sampleRate } = chunk;
  const channels = channelsOf(chunk);
  for (let at = 0; at < channels[0]!.length; at += LIMIT) {
    yield { samples: channels.map((channel) => channel.subarray(at, at + LIMIT)), sampleRate };
  }
}
