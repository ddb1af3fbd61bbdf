import { WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import { WhisperLogMel } from '../../features/whisper-log-mel.js';
import type { WhisperGraphs } from './graphs.js';
import { WindowEncoder } from './window-encoder.js';

/**
 * Raw logits right after `<|startoftranscript|>` of an utterance alone, of which up to 30 s are heard. Not in the file of what tells
 * languages by it: a bundler that finds features and encoder in two files that are loaded on demand makes more files of what
 * every transcription loads, 1.6 kB more.
 *
 * @param samples Mono, 16 kHz.
 * @throws The signal's reason when aborted; AsrError `BACKEND_FAILED`.
 */
export async function scoreUtterance(
  samples: Float32Array,
  graphs: WhisperGraphs,
  startOfTranscript: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const features = new WhisperLogMel(samples, { bins: graphs.melBins });
  const encoder = new WindowEncoder(graphs, features, new Float32Array(0), signal);
  try {
    const size = Math.min(features.contentFrames, WINDOW_FRAMES);
    return await encoder.scoreStart({ seek: 0, size }, startOfTranscript);
  } finally {
    encoder.dispose();
  }
}
