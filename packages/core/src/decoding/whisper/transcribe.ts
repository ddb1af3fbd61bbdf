import type { Segment, TranscriptAlternative } from '../../transcript/transcript.js';
import { clipFrames, type ClipRange } from './clip-ranges.js';
import { compressionRatio } from './compression-ratio.js';
import {
  decodeWithFallback,
  isSilence,
  type DecodedWindow,
  type FallbackOptions,
  type FallbackResult,
} from './fallback.js';
import { PromptHistory } from './prompt-history.js';
import { splitWindow, type WindowSegment } from './segments.js';
import { pausesInside, readOnFrom, type Pause } from './pauses.js';
import { FRAMES_PER_SECOND, isTextToken, WINDOW_FRAMES, type WhisperTokenIds } from './token-ids.js';
import type { WindowDecoder, WindowRange, WindowSource } from './window-source.js';
import type { TimedSegment } from './window-words.js';
import type { AlignedWord } from './word-timing.js';

/** A segment with all that Whisper says about it. */
export interface WhisperSegment extends Segment {
  readonly tokens: readonly number[];
  /** Log-probability of each of `tokens`; 0 for those of a prefix. */
  readonly tokenLogProbs: readonly number[];
  readonly avgLogProb: number;
  readonly noSpeechProb: number;
  readonly compressionRatio: number;
  readonly temperature: number;
  /** Where the window begins that the segment is from. Seconds. */
  readonly windowStart: number;
}

/** One window of the loop, for those who watch it. Times are seconds. */
export interface WindowReport {
  /** Where the window begins. */
  readonly start: number;
  /** Where its audio ends. */
  readonly end: number;
  /** What was decoded and kept. */
  readonly result: DecodedWindow;
  /** Whether the result passed the fallback thresholds. */
  readonly passed: boolean;
  /** Whether the window was taken for silence and its text dropped. */
  readonly silence: boolean;
}

/** Word timestamps of the long-form loop. */
export interface WordOptions {
  /** See `WordTimestampOptions`. */
  readonly prependPunctuation?: string;
  /** See `WordTimestampOptions`. */
  readonly appendPunctuation?: string;
  /** See `skipHallucinations`. Seconds. Default: nothing is skipped. */
  readonly hallucinationSilenceThreshold?: number | undefined;
  /**
   * Whether a window that ends in an unfinished segment is followed by one that starts where its last word ends. Default
   * true, as openai/whisper does. `false`: where its last timestamp lies, so that words don't change the text.
   */
  readonly seekByWords?: boolean;
}

/** Options of the long-form loop. */
export interface LongFormOptions extends FallbackOptions {
  /** Frames of 10 ms in the audio. */
  readonly frames: number;
  /** Ids that tell text and timestamps apart. */
  readonly tokens: Pick<WhisperTokenIds, 'endOfText' | 'timestampBegin' | 'timestampEnd'>;
  /** Text of text tokens. */
  readonly decodeText: (tokens: readonly number[]) => string;
  /** The model's context (448); it takes less than half of it as previous text. */
  readonly maxTokens: number;
  /** Whether a window is told the text before it. */
  readonly conditionOnPreviousText: boolean;
  /** The text so far is forgotten after a window that needed a temperature above this. */
  readonly promptResetTemperature: number;
  /** Tokens of text that precedes the audio. */
  readonly initialPrompt?: readonly number[];
  /** Whether every window is told the initial prompt, or only those before the text so far is first forgotten. */
  readonly carryInitialPrompt?: boolean;
  /** Tokens with which the transcript begins. */
  readonly prefix?: readonly number[];
  /** Parts to transcribe, in order; the times of segments stay those of the whole audio. Default: all of it. */
  readonly clipRanges?: readonly ClipRange[];
  /** Default: no words. */
  readonly words?: WordOptions | undefined;
  /** Where speech before the audio ended, by which words after a pause are told. Seconds. Default 0. */
  readonly lastSpeechEnd?: number;
  /**
   * Stretches without speech, in order and apart: segments that reach over one are cut there, which needs a source that aligns
   * words, and what a window leaves for the next is read on from the middle of one. Default: none are known.
   */
  readonly pauses?: readonly Pause[] | undefined;
  /**
   * Most texts to give of every window, the kept one among them; on its first segment. Default 0: none. There are only as
   * many as the search followed.
   */
  readonly nBest?: number;
  /** Checked before every window. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every window with the seconds of audio that are done. */
  readonly onProgress?: ((seconds: number) => void) | undefined;
  /** Called for every decoded window, also for those without text. */
  readonly onWindow?: ((report: WindowReport) => void) | undefined;
  /** Default: `compressionRatio`; a platform with a faster zlib may bring its own. */
  readonly compressionRatio?: ((text: string) => number) | undefined;
}

/** Segments of a window that are kept, and where the next one starts. */
interface WindowOutcome {
  readonly segments: readonly WhisperSegment[];
  readonly seek: number;
}

/**
 * Transcribes audio of any length window by window (openai/whisper `transcribe`): a window starts where the speech that
 * the one before it understood ends. Segments are yielded as soon as they are final; those without text or length are
 * left out.
 *
 * Beyond the reference: every window advances by at least 10 ms, and no segment reaches past the audio of its window.
 *
 * @throws The signal's reason when aborted, checked before every window; sources check it within.
 */
export async function* transcribeWindows(
  source: WindowSource,
  options: LongFormOptions,
): AsyncGenerator<WhisperSegment, void, undefined> {
  const loop = new LongFormLoop(source, options);
  for (const clip of clipFrames(options.clipRanges ?? [], options.frames)) {
    let seek = clip.start;
    while (seek < clip.end) {
      options.signal?.throwIfAborted();
      const size = Math.min(WINDOW_FRAMES, clip.end - seek);
      if (source.isSilent?.({ seek, size })) {
        seek += size;
      } else {
        const outcome = await loop.next({ seek, size });
        yield* outcome.segments;
        seek = Math.max(seek + 1, outcome.seek);
      }
      options.onProgress?.(Math.min(seek, clip.end) / FRAMES_PER_SECOND);
    }
  }
}

/** What one window leaves for the next: the text so far and the end of the last word. */
class LongFormLoop {
  readonly #source: WindowSource;
  readonly #options: LongFormOptions;
  readonly #history: PromptHistory;
  #prefix: readonly number[];
  #lastSpeechEnd: number;

  constructor(source: WindowSource, options: LongFormOptions) {
    this.#source = source;
    this.#options = options;
    this.#history = new PromptHistory(options);
    this.#prefix = options.prefix ?? [];
    this.#lastSpeechEnd = options.lastSpeechEnd ?? 0;
  }

  async next(range: WindowRange): Promise<WindowOutcome> {
    const decoder = await this.#source.open(range);
    try {
      const prefix = this.#prefix;
      this.#prefix = [];
      const result = await this.#decode(decoder, prefix);
      const silence = isSilence(result.window, this.#options);
      this.#options.onWindow?.({
        ...secondsOf(range),
        result: result.window,
        passed: result.passed,
        silence,
      });
      if (silence) return { segments: [], seek: range.seek + range.size };
      return await this.#cut(decoder, range, result);
    } finally {
      await decoder.dispose();
    }
  }

  #decode(decoder: WindowDecoder, prefix: readonly number[]): Promise<FallbackResult> {
    const previous = this.#history.previous();
    const ratio = this.#options.compressionRatio ?? compressionRatio;
    return decodeWithFallback(
      async (temperature) => {
        const result = await decoder.decode({ temperature, previous, prefix });
        return { ...result, compressionRatio: ratio(this.#text(result.tokens).trim()) };
      },
      this.#options,
      () => decoder.widen?.() ?? Promise.resolve(false),
    );
  }

  async #cut(decoder: WindowDecoder, range: WindowRange, result: FallbackResult): Promise<WindowOutcome> {
    const split = splitWindow(result.window.tokens, this.#options.tokens, range.seek, range.size);
    const { words, pauses = [] } = this.#options;
    let { seek, segments: kept }: { seek: number; segments: readonly TimedSegment[] } = split;
    const reachOver = kept.some((segment) => pausesInside(segment, pauses).length > 0);
    const alignment = words || reachOver ? await this.#align(decoder, kept) : [];
    if (reachOver) {
      const { splitAtPauses } = await import('./split-at-pauses.js');
      const timeOffset = range.seek / FRAMES_PER_SECOND;
      kept = splitAtPauses(kept, alignment, pauses, timeOffset, this.#isText);
    }
    if (words !== undefined) {
      const { addWindowWords } = await import('./window-words.js');
      const { frames } = this.#options;
      const window = { ...split, range, frames, lastSpeechEnd: this.#lastSpeechEnd, isText: this.#isText };
      const timed = addWindowWords(kept, alignment, words, window);
      this.#lastSpeechEnd = timed.lastSpeechEnd;
      if (timed.redo) return { segments: [], seek: timed.seek };
      kept = timed.segments;
      seek = timed.seek;
    }
    if (seek < range.seek + range.size) {
      const within = pausesInside(secondsOf(range), pauses);
      seek = Math.round(readOnFrom(seek / FRAMES_PER_SECOND, within) * FRAMES_PER_SECOND);
    }
    const segments = this.#finish(kept, range, result.window, decoder.language);
    this.#history.add(segments.flatMap((segment) => segment.tokens));
    // The highest temperature tried counts, not the kept one: the window was hard to understand.
    if (result.lastTemperature > this.#options.promptResetTemperature) this.#history.reset();
    return { segments, seek };
  }

  async #align(decoder: WindowDecoder, segments: readonly WindowSegment[]): Promise<readonly AlignedWord[]> {
    if (decoder.alignWords === undefined) {
      throw new TypeError('words, pauses: the window source has no alignWords, so words cannot be timed.');
    }
    const textTokens = segments.flatMap(({ tokens }) => tokens.filter(this.#isText));
    return textTokens.length === 0 ? [] : decoder.alignWords(textTokens);
  }

  /** Leaves out segments without text or length, and adds what is known of the window. */
  #finish(
    segments: readonly TimedSegment[],
    range: WindowRange,
    window: DecodedWindow,
    language: string | undefined,
  ): readonly WhisperSegment[] {
    const { tokenLogProbs, avgLogProb, noSpeechProb, temperature } = window;
    const audioEnd = (range.seek + range.size) / FRAMES_PER_SECOND;
    const finished: WhisperSegment[] = [];
    const nBest = this.#nBest(window);
    let first = 0;
    for (const segment of segments) {
      const from = first;
      first += segment.tokens.length;
      const text = this.#text(segment.tokens);
      if (text.trim() === '' || segment.start === segment.end) continue;
      finished.push({
        start: Math.min(segment.start, audioEnd),
        end: Math.min(segment.end, audioEnd),
        text,
        ...(segment.words === undefined ? {} : { words: segment.words }),
        ...(language === undefined ? {} : { language }),
        confidence: Math.exp(avgLogProb),
        tokens: segment.tokens,
        tokenLogProbs: tokenLogProbs.slice(from, first),
        avgLogProb,
        noSpeechProb,
        compressionRatio: window.compressionRatio,
        temperature,
        ...(nBest.length > 0 && finished.length === 0 && { nBest }),
        windowStart: range.seek / FRAMES_PER_SECOND,
      });
    }
    return finished;
  }

  /** Hypotheses that read differently, best first. */
  #nBest(window: DecodedWindow): readonly TranscriptAlternative[] {
    const { nBest: count = 0 } = this.#options;
    if (count === 0) return [];
    const byText = new Map<string, TranscriptAlternative>();
    for (const { tokens, tokenLogProbs, sumLogProb, score } of window.nBest ?? []) {
      const text = this.#text(tokens).trim();
      if (!byText.has(text)) byText.set(text, { text, score, logProb: sumLogProb, tokens, tokenLogProbs });
    }
    return [...byText.values()].slice(0, count);
  }

  readonly #isText = (token: number): boolean => isTextToken(token, this.#options.tokens);

  #text(tokens: readonly number[]): string {
    return this.#options.decodeText(tokens.filter(this.#isText));
  }
}

function secondsOf({ seek, size }: WindowRange): Pause {
  return { start: seek / FRAMES_PER_SECOND, end: (seek + size) / FRAMES_PER_SECOND };
}
