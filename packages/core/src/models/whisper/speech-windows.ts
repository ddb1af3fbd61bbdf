import { clipFrames } from '../../decoding/whisper/clip-ranges.js';
import { FRAMES_PER_SECOND, WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import { joinFloats } from '../../join-arrays.js';
import type { Segment } from '../../transcript/transcript.js';
import type { SpeechSearch } from '../../vad/speech-search.js';
import { SpeechTimeline, type FrameRange } from '../../vad/speech-timeline.js';
import { SAMPLE_RATE, type HeardAudio } from './heard-audio.js';
import type { ResolvedWhisperDecoding } from './resolve-options.js';
import { PauseSnapper } from './snap-to-pauses.js';
import type { LanguageScorer, SpokenLanguages } from './utterance-languages.js';

/** Samples of a frame of 10 ms. */
const FRAME = SAMPLE_RATE / FRAMES_PER_SECOND;
/** Times are rounded to the microsecond: 12.34 after a way through frames, not 12.340000000000002. */
const TIME_GRID = 1e6;

/**
 * Seconds of silence that are kept between two words. More of it costs windows and words, less costs words too; nine recordings
 * and six others are compared in `benchmarks/vad.ts`.
 */
const MAX_PAUSE = 0.5;

/** Shorter pauses are inside of sentences as often as between them. Frames. */
const CUTTING_PAUSE = 50;

/**
 * The speech of a recording, packed into windows of up to 30 s: the silence between them costs nothing, and there is
 * none of it for the model to make up words for. Where the audio is in several languages, each window is in one.
 *
 * @param samples Mono, 16 kHz.
 * @throws What `Vad.detect` and `tellLanguages` throw.
 */
export async function hearSpeech(
  samples: Float32Array,
  { clipRanges, multilingualAudio }: Pick<ResolvedWhisperDecoding, 'clipRanges' | 'multilingualAudio'>,
  { vad, thresholds, maxPause = MAX_PAUSE }: SpeechSearch,
  scorer: LanguageScorer,
  signal: AbortSignal | undefined,
): Promise<HeardAudio> {
  const spans = await vad.detect(
    { samples, sampleRate: SAMPLE_RATE },
    { ...thresholds, ...(signal && { signal }) },
  );
  const frames = Math.ceil(samples.length / FRAME);
  const within = clipFrames(clipRanges, frames);
  const speech = within.flatMap((bounds) => inside(spans, bounds));
  const languages = multilingualAudio
    ? await (await import('./utterance-languages.js')).tellLanguages(samples, speech, scorer, signal)
    : undefined;
  const timeline = new SpeechTimeline(speech, cutAtChanges(within, languages), {
    maxWindow: WINDOW_FRAMES,
    padding: Math.round((maxPause / 2) * FRAMES_PER_SECOND),
  });
  const snapper = new PauseSnapper(spans);
  const duration = samples.length / SAMPLE_RATE;
  const end = timeline.length / FRAMES_PER_SECOND;
  return {
    samples: joinFloats(
      timeline.pieces.map(({ start, end }) => samples.subarray(start * FRAME, end * FRAME)),
    ),
    clipRanges: timeline.windows.map((window) => ({
      start: window.start / FRAMES_PER_SECOND,
      end: window.end / FRAMES_PER_SECOND,
    })),
    pauses: timeline.pauses
      .filter(({ recorded }) => recorded >= CUTTING_PAUSE)
      .map(({ start, end }) => ({ start: start / FRAMES_PER_SECOND, end: end / FRAMES_PER_SECOND })),
    duration,
    ...(languages && {
      languages: {
        main: languages.main,
        // Of the window's own audio: where it begins, the piece before it ends.
        at: (frame) => languageAt(timeline.reached(frame + 1) - 1, languages),
      },
    }),
    progress: (seconds) =>
      seconds >= end ? duration : timeline.reached(seconds * FRAMES_PER_SECOND) / FRAMES_PER_SECOND,
    snap: (segment) => snapper.next(segment),
    restore(segment) {
      const frames = mapTimes(segment, (seconds) => seconds * FRAMES_PER_SECOND);
      return mapTimes(timeline.restore(frames), (frame) =>
        Math.min(duration, Math.round((frame / FRAMES_PER_SECOND) * TIME_GRID) / TIME_GRID),
      );
    },
  };
}

/** No window reaches from one language to the next. */
function cutAtChanges(
  within: readonly FrameRange[],
  languages: SpokenLanguages | undefined,
): readonly FrameRange[] {
  const changes = languages?.runs.slice(1) ?? [];
  return within.flatMap(({ start, end }) => {
    const inside = changes.map((run) => run.start).filter((change) => change > start && change < end);
    return [start, ...inside].map((from, i) => ({ start: from, end: inside[i] ?? end }));
  });
}

function languageAt(frame: number, { runs }: SpokenLanguages): string {
  return (runs.findLast(({ start }) => start <= frame) ?? runs[0]!).language;
}

function mapTimes(segment: Segment, map: (time: number) => number): Segment {
  const { words, start, end } = segment;
  return {
    ...segment,
    start: map(start),
    end: map(end),
    ...(words && {
      words: words.map((word) => ({ ...word, start: map(word.start), end: map(word.end) })),
    }),
  };
}

/** Speech inside of bounds, to whole frames; what touches for it is one. */
function inside(
  spans: readonly { readonly start: number; readonly end: number }[],
  bounds: FrameRange,
): readonly FrameRange[] {
  const found: FrameRange[] = [];
  for (const span of spans) {
    const start = Math.max(bounds.start, found.at(-1)?.end ?? 0, Math.floor(span.start * FRAMES_PER_SECOND));
    const end = Math.min(bounds.end, Math.ceil(span.end * FRAMES_PER_SECOND));
    if (start < end) found.push({ start, end });
  }
  return found;
}
