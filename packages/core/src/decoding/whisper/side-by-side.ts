import { clipFrames } from './clip-ranges.js';
import { FRAMES_PER_SECOND } from './token-ids.js';
import { transcribeWindows, type LongFormOptions, type WhisperSegment } from './transcribe.js';
import type { WindowSource } from './window-source.js';

/** Clips that may be worked on or wait for the reader, for each that is worked on at once. */
const CLIPS_AHEAD = 4;

/**
 * Transcribes clips that don't depend on each other, several at once: what {@link transcribeWindows} gives for each of them
 * alone, in their order. Only the first is told a prompt that is not carried, and only it begins with the prefix.
 *
 * @param width Clips that are worked on at once, at least 1.
 * @throws What the first clip that fails throws, behind the segments of the clips before it.
 */
export async function* transcribeSideBySide(
  source: WindowSource,
  options: LongFormOptions,
  width: number,
): AsyncGenerator<WhisperSegment, void, undefined> {
  const clips = clipFrames(options.clipRanges ?? [], options.frames);
  const done = clips.map(() => 0);
  const jobs: Promise<readonly WhisperSegment[]>[] = [];
  let running = 0;
  let read = 0;
  let stopped = false;

  const run = async (index: number): Promise<readonly WhisperSegment[]> => {
    const segments: WhisperSegment[] = [];
    try {
      for await (const segment of transcribeWindows(source, optionsOfClip(index))) {
        segments.push(segment);
        if (stopped) break;
      }
      return segments;
    } catch (error) {
      stopped = true;
      throw error;
    } finally {
      running--;
      startMore();
    }
  };
  const startMore = (): void => {
    if (stopped) return;
    while (running < width && jobs.length < Math.min(clips.length, read + CLIPS_AHEAD * width)) {
      running++;
      const job = run(jobs.length);
      // It is awaited in its turn.
      job.catch(() => {});
      jobs.push(job);
    }
  };
  const optionsOfClip = (index: number): LongFormOptions => {
    const { start, end } = clips[index]!;
    const first = index === 0;
    return {
      ...options,
      clipRanges: [{ start: start / FRAMES_PER_SECOND, end: end / FRAMES_PER_SECOND }],
      initialPrompt: first || options.carryInitialPrompt ? (options.initialPrompt ?? []) : [],
      prefix: first ? (options.prefix ?? []) : [],
      lastSpeechEnd: start / FRAMES_PER_SECOND,
      onProgress(seconds) {
        done[index] = seconds - start / FRAMES_PER_SECOND;
        options.onProgress?.(clips[0]!.start / FRAMES_PER_SECOND + done.reduce((sum, one) => sum + one, 0));
      },
    };
  };

  try {
    startMore();
    while (read < jobs.length) {
      const segments = await jobs[read]!;
      read++;
      startMore();
      yield* segments;
    }
  } finally {
    stopped = true;
    await Promise.allSettled(jobs);
  }
}
