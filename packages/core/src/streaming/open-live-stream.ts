import { readChunks } from './audio-source.js';
import { ChunkReader } from './chunk-reader.js';
import type { OpenDecoder } from './live-decoder.js';
import { LiveStream } from './live-stream.js';
import type { StreamPlan } from './stream-plan.js';
import type { AudioStreamSource, StreamOptions } from './stream-options.js';

/** Opens a stream whose options were checked. */
export function openLiveStream(
  open: OpenDecoder,
  { format, signal }: StreamOptions,
  { mode }: StreamPlan,
  onClose: () => void,
): LiveStream {
  return new LiveStream({
    open,
    reader: (sampleRate) => new ChunkReader(format, sampleRate),
    mode,
    signal,
    onClose,
  });
}

/** Feeds a stream from a source. What comes before an error of the source is transcribed before it is told. */
export async function feedFrom(
  source: AudioStreamSource,
  stream: LiveStream,
  { format }: StreamOptions,
): Promise<void> {
  try {
    try {
      for await (const piece of readChunks(source, format, stream.sampleRate, stream.signal)) {
        await stream.feed(piece);
      }
    } catch (error) {
      if (stream.signal.aborted) return;
      await stream.flush();
      throw error;
    }
    if (!stream.signal.aborted) await stream.end();
  } catch (error) {
    stream.fail(error);
  }
}
