import type { CtcChunkedExecution, CtcModelConfig } from './config.js';

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

/** @throws RangeError when the way of feeding can't work. */
export function checkExecution({ execution, output }: CtcModelConfig): void {
  if (!(output.stride > 0)) throw new RangeError(`output.stride must be above 0, found ${output.stride}`);
  if (execution?.type === 'chunked') {
    const { seconds, overlap = seconds / 6 } = execution;
    if (!(seconds > 0 && overlap >= 0 && 2 * overlap < seconds)) {
      throw new RangeError(
        `execution: a chunk of ${seconds} s can't lose ${overlap} s on each side; seconds must be above 2 · overlap`,
      );
    }
  }
  if (execution?.type === 'stateful') {
    const { rows, hop } = execution;
    if (!(Number.isInteger(rows) && Number.isInteger(hop) && hop >= 1 && rows >= hop)) {
      throw new RangeError(`execution: hop must be a whole number from 1 to rows, found ${hop} of ${rows}`);
    }
  }
}
