import type { CtcChunkedExecution } from './config.js';

/** One chunk of the audio and the frames of its output that are kept. */
export interface ChunkRange {
  /** First sample. */
  readonly start: number;
  /** Sample behind the last. */
  readonly end: number;
  /** First frame kept. */
  readonly firstFrame: number;
  /** Frame behind the last kept; infinite for the last chunk, which keeps what there is. */
  readonly endFrame: number;
}

/**
 * Cuts audio into overlapping chunks and says which frames of each to keep, so that the kept ones follow each other
 * without gap. The rules are those of Hugging Face's CTC pipeline (`chunk_iter`, `rescale_stride`): lengths are rounded to
 * whole frames, the first chunk keeps its beginning, the last its end, and a chunk that would only repeat context is left out.
 *
 * @param samples Length of the audio.
 * @param samplesPerFrame Samples for one frame of output.
 */
export function chunkRanges(
  samples: number,
  samplesPerFrame: number,
  { seconds, overlap = seconds / 6 }: CtcChunkedExecution,
  sampleRate: number,
): readonly ChunkRange[] {
  const chunkFrames = Math.round((seconds * sampleRate) / samplesPerFrame);
  const overlapFrames = Math.round((overlap * sampleRate) / samplesPerFrame);
  const step = (chunkFrames - 2 * overlapFrames) * samplesPerFrame;
  const length = chunkFrames * samplesPerFrame;
  const ranges: ChunkRange[] = [];
  for (let start = 0; start < samples; start += step) {
    const end = Math.min(start + length, samples);
    const last = start + length >= samples;
    const firstFrame = start === 0 ? 0 : overlapFrames;
    if (end - start > firstFrame * samplesPerFrame) {
      ranges.push({ start, end, firstFrame, endFrame: last ? Infinity : chunkFrames - overlapFrames });
    }
    if (last) break;
  }
  return ranges;
}
