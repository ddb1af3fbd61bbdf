import { compressionRatio } from '../../decoding/whisper/compression-ratio.js';
import { decodeWithFallback, isSilence, type FallbackResult } from '../../decoding/whisper/fallback.js';
import { FRAMES_PER_SECOND, isTextToken, WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import type { WindowDecoder } from '../../decoding/whisper/window-source.js';
import { splitIntoWords } from '../../decoding/whisper/word-split.js';
import { frameLoudness } from '../../features/loudness.js';
import { WhisperLogMel } from '../../features/whisper-log-mel.js';
import { finishInTurns } from '../../steps.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import { FRAME_LENGTH } from './channel-transcription.js';
import { GraphWindowSource } from './graph-window-source.js';
import type { WhisperGraphs } from './graphs.js';
import type { LiveLanguage } from './live-language.js';
import type { WhisperWord } from './live-segment.js';
import { NotingRules } from './noting-rules.js';
import { rivalsOfWords, type ReadToken } from './rivals.js';
import type { TranscriptionPlan } from './transcription-plan.js';
import { WindowEncoder } from './window-encoder.js';

/** Frames behind the audio of a short window. With less tiny.en repeats itself (docs/decisions/0006-live-transcription.md). */
const CONTEXT_PADDING = 10 * FRAMES_PER_SECOND;
/** Other tokens that are noted at each step: rivals of words that are about to be confirmed. */
const ALTERNATIVES = 3;

/** How to read live audio this time. */
export interface ReadingRequest {
  /** What the text begins with. */
  readonly confirmed: readonly WhisperWord[];
  /** Tokens of the text before it. */
  readonly previous: readonly number[];
  /**
   * Whether the speech may be over: the text has to do, so it is read from a window of 30 s, at all temperatures. Other readings hear
   * shorter windows where the model takes such.
   */
  readonly final: boolean;
}

/** What was read. */
export interface Reading {
  /** The confirmed ones first. Undefined for a reading that is not final and made no sense. */
  readonly words: readonly WhisperWord[] | undefined;
  /** What decided about it; absent where there was nothing to decode. */
  readonly result?: FallbackResult;
}

/** Reads live audio from its start to where it ends for now. */
export class LiveReader {
  readonly #graphs: WhisperGraphs;
  readonly #tokenizer: WhisperTokenizer;
  readonly #plan: TranscriptionPlan;
  readonly #language: LiveLanguage;
  readonly #signal: AbortSignal;
  readonly #rules: NotingRules;

  constructor(
    graphs: WhisperGraphs,
    tokenizer: WhisperTokenizer,
    plan: TranscriptionPlan,
    language: LiveLanguage,
    signal: AbortSignal,
  ) {
    this.#graphs = graphs;
    this.#tokenizer = tokenizer;
    this.#plan = plan;
    this.#language = language;
    this.#signal = signal;
    this.#rules = new NotingRules(plan.rules, ALTERNATIVES);
  }

  async read(audio: Float32Array, request: ReadingRequest): Promise<Reading> {
    const features = new WhisperLogMel(audio, { bins: this.#graphs.melBins });
    const loudness = await finishInTurns(frameLoudness(audio, FRAME_LENGTH), this.#signal);
    await features.prepare(this.#signal);
    const window = { seek: 0, size: Math.min(features.contentFrames, WINDOW_FRAMES) };
    const encoder = new WindowEncoder(this.#graphs, features, loudness, this.#signal);
    try {
      if (encoder.isSilent(window)) return { words: request.confirmed };
      await this.#language.listen(encoder, window, request.final);
      const decoder = await this.#source(encoder, request).open(window);
      try {
        return await this.#decode(decoder, request);
      } finally {
        await decoder.dispose();
      }
    } finally {
      encoder.dispose();
    }
  }

  #source(encoder: WindowEncoder, { final }: ReadingRequest): GraphWindowSource {
    const { decoding, task, hotwords, maxNewTokens, words } = this.#plan;
    return new GraphWindowSource(encoder, {
      tokenizer: this.#tokenizer,
      maxTokens: this.#graphs.maxTokens,
      rules: this.#rules,
      search: decoding,
      language: this.#tokenizer.special.multilingual ? this.#language.code : undefined,
      task,
      hotwords,
      maxNewTokens,
      // Times of words that nobody is told are for confirmation, and for the ends of segments: what the decoding gives will do.
      wordAlignment: final && words ? decoding.wordAlignment : 'decoding',
      // Most words of a window were confirmed and given; all have probabilities of one kind.
      wordConfidence: 'teacher-forced',
      contextPadding: !final && this.#graphs.takesShortWindows ? CONTEXT_PADDING : undefined,
      signal: this.#signal,
    });
  }

  async #decode(decoder: WindowDecoder, { confirmed, previous, final }: ReadingRequest): Promise<Reading> {
    const { decoding } = this.#plan;
    const prefix = confirmed.flatMap(({ tokens }) => tokens);
    const result = await decodeWithFallback(
      async (temperature) => {
        const found = await decoder.decode({ temperature, previous, prefix });
        return { ...found, compressionRatio: compressionRatio(this.#textOf(found.tokens)) };
      },
      // A reading that fails is made again with more audio; only the last one has to do.
      final ? decoding : { ...decoding, temperatures: decoding.temperatures.slice(0, 1) },
      async () => (await decoder.widen?.()) ?? false,
    );
    const { window } = result;
    if (!final && !result.passed) return { words: undefined, result };
    if (isSilence(window, decoding)) return { words: confirmed, result };
    const logProbs = [
      ...confirmed.flatMap(({ tokenLogProbs }) => tokenLogProbs),
      ...window.tokenLogProbs.slice(prefix.length),
    ];
    // Beams and samples take other tokens than those that are noted beside.
    const noted = window.temperature === 0 && decoding.beamSize === 1 ? this.#rules : undefined;
    const tokens = window.tokens
      .map((id, i) => ({ id, logProb: logProbs[i]!, others: noted?.others(i) }))
      .filter(({ id }) => this.#isText(id));
    return { words: await this.#words(decoder, tokens), result };
  }

  async #words(decoder: WindowDecoder, tokens: readonly ReadToken[]): Promise<readonly WhisperWord[]> {
    const ids = tokens.map(({ id }) => id);
    if (ids.length === 0) return [];
    const words = this.#graphs.alignment.available
      ? await decoder.alignWords!(ids)
      : splitIntoWords(ids, this.#tokenizer, this.#language.code);
    const rivals = rivalsOfWords(words, tokens, this.#tokenizer);
    let next = 0;
    return words.map((word, i) => {
      const tokenLogProbs = tokens.slice(next, (next += word.tokens.length)).map(({ logProb }) => logProb);
      const sum = tokenLogProbs.reduce((total, logProb) => total + logProb, 0);
      const rival = rivals?.[i];
      return {
        probability: Math.exp(sum / tokenLogProbs.length),
        ...word,
        tokenLogProbs,
        ...(rival !== undefined && { rival }),
      };
    });
  }

  readonly #isText = (token: number): boolean => isTextToken(token, this.#tokenizer.special);

  #textOf(tokens: readonly number[]): string {
    return this.#tokenizer.decode(tokens.filter(this.#isText)).trim();
  }
}
