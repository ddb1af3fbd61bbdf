import { checkSampleRate } from '../audio/pcm.js';
import { OptionReader } from '../option-reader.js';
import type { ChunkFormat, RawEncoding } from './stream-options.js';

/**
 * A format with its defaults filled in.
 *
 * @throws TypeError, RangeError for a format that can't be, naming the option.
 */
export function readChunkFormat(format: ChunkFormat): Required<ChunkFormat> {
  const read = new OptionReader('format', format);
  const sampleRate = read.take('sampleRate');
  checkSampleRate(sampleRate, 'format.sampleRate');
  // 256 as in WAV files: more is a mistake.
  const channels = read.integer('channels', 1, 1, 256);
  const encoding = read.choice<RawEncoding>('encoding', ['s16le', 'f32le', 'mulaw', 'alaw']);
  read.finish();
  return { sampleRate, channels, encoding };
}
