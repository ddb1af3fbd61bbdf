import { clipFrames } from '../../decoding/whisper/clip-ranges.js';
import {
  transcribeWindows,
  type LongFormOptions,
  type WhisperSegment,
} from '../../decoding/whisper/transcribe.js';
import { trimSilence } from '../../decoding/whisper/trim-silence.js';
import { frameLoudness } from '../../features/loudness.js';
import { WhisperLogMel } from '../../features/whisper-log-mel.js';
import { finishInTurns } from '../../steps.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { Segment, Transcript } from '../../transcript/transcript.js';
import { GraphWindowSource } from './graph-window-source.js';
import type { WhisperGraphs } from './graphs.js';
import type { HeardAudio } from './heard-audio.js';
import type { TranscriptionPlan } from './transcription-plan.js';
import { WindowEncoder } from './window-encoder.js';

/** Samples of a feature frame, 10 ms. */
export const FRAME_LENGTH = 160;

/** A segment with its text as it was decoded, spaces around it included. */
export interface DecodedSegment {
  readonly segment: Segment;
  readonly text: string;
}

/** The transcription of one channel, read segment by segment. */
export class ChannelTranscription {
  /** Seconds. */
  readonly duration: number;
  readonly #graphs: WhisperGraphs;
  readonly #tokenizer: WhisperTokenizer;
  readonly #plan: TranscriptionPlan;
  readonly #signal: AbortSignal | undefined;
  readonly #audio: HeardAudio;
  readonly #features: WhisperLogMel;
  /** dBFS of every frame of 10 ms. */
  #loudness: Float32Array = new Float32Array(0);
  #language: string | undefined;
  #probability: number | undefined;
  #windows = 0;

  constructor(
    graphs: WhisperGraphs,
    tokenizer: WhisperTokenizer,
    audio: HeardAudio,
    plan: TranscriptionPlan,
    signal: AbortSignal | undefined,
  ) {
    this.#graphs = graphs;
    this.#tokenizer = tokenizer;
    this.#plan = plan;
    this.#signal = signal;
    this.#audio = audio;
    this.duration = audio.duration;
    this.#features = new WhisperLogMel(audio.samples, { bins: graphs.melBins });
  }

  /**
   * Segments as they become final. A reader that stops early leaves nothing behind.
   *
   * @param onProgress Called after every window with the seconds that are done, and with all of them at the end: the last clip may
   *   end before the audio.
   */
  async *segments(onProgress: (seconds: number) => void): AsyncGenerator<DecodedSegment, void, undefined> {
    if (this.#audio.samples.length === 0) {
      onProgress(this.duration);
      return;
    }
    const loudness = frameLoudness(this.#audio.samples, FRAME_LENGTH);
    this.#loudness = await finishInTurns(loudness, this.#signal);
    await this.#features.prepare(this.#signal);
    const encoder = new WindowEncoder(this.#graphs, this.#features, this.#loudness, this.#signal);
    try {
      await this.#settleLanguage(encoder);
      for await (const segment of this.#decode(encoder, onProgress)) yield this.#publish(segment);
      onProgress(this.duration);
    } finally {
      encoder.dispose();
    }
  }

  /** The transcript made of all segments. */
  transcript(decoded: readonly DecodedSegment[]): Transcript {
    const segments = decoded.map(({ segment }) => segment);
    const nBest = this.#windows === 1 ? segments[0]?.nBest : undefined;
    return {
      text: decoded
        .map(({ text }) => text)
        .join('')
        .trim(),
      ...(this.#language !== undefined && { language: this.#language }),
      ...(this.#probability !== undefined && { languageProbability: this.#probability }),
      duration: this.duration,
      segments,
      ...(nBest && { nBest }),
    };
  }

  #publish({ windowStart: _, text, ...rest }: WhisperSegment): DecodedSegment {
    const segment = { ...rest, text: text.trim() };
    if (!this.#plan.decoding.trimSilence) return { segment: this.#audio.restore(segment), text };
    const restored = this.#audio.restore(trimSilence(segment, this.#loudness));
    return { segment: this.#audio.snap(restored), text };
  }

  async #settleLanguage(encoder: WindowEncoder): Promise<void> {
    const { language, decoding } = this.#plan;
    if (language !== 'auto') {
      this.#language = language ?? 'en';
      return;
    }
    const { detectSpokenLanguage } = await import('./spoken-language.js');
    const { clipRanges, languages } = this.#audio;
    const ranges = clipFrames(clipRanges, this.#features.contentFrames);
    const detected = languages
      ? languages.main
      : await detectSpokenLanguage(encoder, ranges, decoding, this.#tokenizer.special, this.#signal);
    this.#language = detected?.language;
    this.#probability = detected?.probability;
  }

  async *#decode(
    encoder: WindowEncoder,
    onProgress: (seconds: number) => void,
  ): AsyncGenerator<WhisperSegment, void, undefined> {
    const plan = this.#plan;
    const { decoding } = plan;
    const { special } = this.#tokenizer;
    const signal = this.#signal;
    // Without attention segments stay as they were decoded.
    const pauses = this.#graphs.alignment.available ? this.#audio.pauses : [];
    const source = new GraphWindowSource(encoder, {
      tokenizer: this.#tokenizer,
      maxTokens: this.#graphs.maxTokens,
      rules: plan.rules,
      search: decoding,
      language: special.multilingual ? this.#language : undefined,
      languageOf: decoding.multilingualAudio
        ? (await import('./spoken-language.js')).windowLanguage(this.#audio, special)
        : undefined,
      task: plan.task,
      hotwords: plan.hotwords,
      maxNewTokens: plan.maxNewTokens,
      contextPadding: plan.contextPadding,
      wordAlignment: plan.words ? decoding.wordAlignment : pauses.length > 0 ? 'decoding' : undefined,
      wordConfidence: decoding.wordConfidence,
      signal,
    });
    const options: LongFormOptions = {
      ...decoding,
      clipRanges: this.#audio.clipRanges,
      frames: this.#features.contentFrames,
      tokens: special,
      decodeText: (tokens) => this.#tokenizer.decode(tokens),
      // Half of the context is for what a window is told: the hotwords first, the text before it has the rest.
      maxTokens: this.#graphs.maxTokens - 2 * plan.hotwords.length,
      initialPrompt: plan.prompt,
      prefix: plan.prefix,
      words: plan.words
        ? { ...decoding, seekByWords: decoding.wordAlignment === 'teacher-forced' }
        : undefined,
      pauses,
      onProgress: (seconds) => onProgress(this.#audio.progress(seconds)),
      onWindow: () => this.#windows++,
      signal,
    };
    // Windows between pauses that are told nothing of each other can be decoded in any order.
    const independent = plan.speech !== undefined && !decoding.conditionOnPreviousText;
    if (!independent) {
      yield* transcribeWindows(source, options);
      return;
    }
    const { transcribeSideBySide } = await import('../../decoding/whisper/side-by-side.js');
    yield* transcribeSideBySide(source, options, this.#graphs.copies ?? 1);
  }
}
