import { channelsOf, checkPcm, kindOf } from '../audio/pcm.js';
import type { AudioChunk } from './stream-options.js';

/** Samples (per channel), or bytes, that are converted without a pause: some milliseconds of work. */
const LIMIT = 1 << 16;

/**
 * A chunk in pieces of a bounded size, so that a source that gives minutes at once blocks nobody. Pieces share its memory.
 *
 * @throws TypeError, RangeError for what is no chunk.
 */
export function* cutChunk(chunk: AudioChunk): Generator<AudioChunk, void, undefined> {
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
