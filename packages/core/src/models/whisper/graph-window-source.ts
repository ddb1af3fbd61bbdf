import type { RowRules } from '../../decoding/whisper/logit-rules.js';
import { buildPrompt, type DecoderPrompt } from '../../decoding/whisper/prompt.js';
import { searchAtTemperature, type SearchOptions } from '../../decoding/whisper/search-at-temperature.js';
import type { SearchResult } from '../../decoding/whisper/search.js';
import { FRAMES_PER_SECOND, FRAMES_PER_TIMESTAMP, WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import type {
  WindowAttempt,
  WindowDecoder,
  WindowRange,
  WindowSource,
} from '../../decoding/whisper/window-source.js';
import type { AlignedWord } from '../../decoding/whisper/word-timing.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { EncodedAudio } from './graphs.js';
import type { AttendedDecoding } from './time-words.js';
import type { WindowEncoder } from './window-encoder.js';

/** Fast speech has half as many, timestamps included. */
const TOKENS_PER_SECOND = 10;

/** How the windows of one transcription are decoded. */
export interface WindowSettings {
  readonly tokenizer: WhisperTokenizer;
  /** The model's context. */
  readonly maxTokens: number;
  readonly rules: RowRules;
  readonly search: SearchOptions;
  /** Whisper's code; absent for English-only models. */
  readonly language?: string | undefined;
  /** Tells the language of a window, in place of `language`. */
  readonly languageOf?: ((encoded: EncodedAudio, window: WindowRange) => Promise<string>) | undefined;
  readonly task: 'transcribe' | 'translate';
  readonly hotwords: readonly number[];
  readonly maxNewTokens: number;
  /** What words are timed by, see `WhisperDecoding.wordAlignment`; undefined: there are no words. */
  readonly wordAlignment?: 'decoding' | 'teacher-forced' | undefined;
  /** Where the probabilities of words are from, see `WhisperDecoding.wordConfidence`. Default `decoding`. */
  readonly wordConfidence?: 'decoding' | 'teacher-forced';
  /** Frames of padding that a short window gets in place of being filled up to 30 s. Default: it is filled up. */
  readonly contextPadding?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The windows of one recording, run through a model's graphs. */
export class GraphWindowSource implements WindowSource {
  readonly #encoder: WindowEncoder;
  readonly #settings: WindowSettings;

  constructor(encoder: WindowEncoder, settings: WindowSettings) {
    this.#encoder = encoder;
    this.#settings = settings;
  }

  isSilent(window: WindowRange): boolean {
    return this.#encoder.isSilent(window);
  }

  async open(window: WindowRange): Promise<WindowDecoder> {
    const { languageOf, language, contextPadding = WINDOW_FRAMES } = this.#settings;
    const frames = Math.min(WINDOW_FRAMES, window.size + contextPadding);
    const takeFull = frames < WINDOW_FRAMES ? () => this.#encoder.take(window) : undefined;
    const encoded = await this.#encoder.take(window, frames);
    try {
      const heard = languageOf ? await languageOf(encoded, window) : language;
      return new GraphWindowDecoder(encoded, window, this.#settings, heard, takeFull);
    } catch (error) {
      encoded.dispose();
      throw error;
    }
  }
}

class GraphWindowDecoder implements WindowDecoder {
  #encoded: EncodedAudio;
  /** Encodes the window filled up to 30 s; undefined where `#encoded` is. */
  #takeFull: (() => Promise<EncodedAudio>) | undefined;
  readonly #window: WindowRange;
  readonly #settings: WindowSettings;
  readonly language?: string;
  /** The last decoding, and the attention in it where words are timed by that. */
  #decoded: AttendedDecoding | undefined;

  constructor(
    encoded: EncodedAudio,
    window: WindowRange,
    settings: WindowSettings,
    language: string | undefined,
    takeFull?: () => Promise<EncodedAudio>,
  ) {
    this.#encoded = encoded;
    this.#takeFull = takeFull;
    this.#window = window;
    this.#settings = settings;
    if (language !== undefined) this.language = language;
  }

  async widen(): Promise<boolean> {
    const takeFull = this.#takeFull;
    if (takeFull === undefined) return false;
    this.#takeFull = undefined;
    const full = await takeFull();
    this.#encoded.dispose();
    this.#encoded = full;
    return true;
  }

  async decode(attempt: WindowAttempt): Promise<SearchResult> {
    const { tokenizer, maxNewTokens, maxTokens, task, hotwords, rules } = this.#settings;
    const { previous, prefix, temperature } = attempt;
    const prompt = buildPrompt(
      tokenizer.special,
      { language: this.#languageToken(), task, timestamps: rules.timestamps, previous, prefix, hotwords },
      maxTokens,
    );
    const plausible = this.#plausibleTokens;
    if (this.#takeFull === undefined || maxNewTokens <= plausible) {
      return this.#search(prompt, temperature, maxNewTokens);
    }
    const result = await this.#search(prompt, temperature, plausible);
    const given = prompt.prompt.length - prompt.transcriptIndex;
    if (result.tokens.length - given < plausible) return result;
    await this.widen();
    return this.#search(prompt, temperature, maxNewTokens);
  }

  async #search(prompt: DecoderPrompt, temperature: number, maxNewTokens: number): Promise<SearchResult> {
    const { rules, search, maxTokens, signal } = this.#settings;
    const attends = this.#settings.wordAlignment === 'decoding';
    const run = this.#encoded.startDecoder(attends);
    this.#decoded = undefined;
    try {
      const request = { ...prompt, rules, maxNewTokens, maxTokens, signal };
      const { AttentiveRun } = attends ? await import('./decoding-attention.js') : {};
      const attention = AttentiveRun && new AttentiveRun(run, prompt.transcriptIndex, this.#positions);
      const result = await searchAtTemperature(attention ?? run, request, temperature, search);
      this.#decoded = { result, attention, given: prompt.prompt.length - prompt.transcriptIndex };
      return result;
    } finally {
      run.dispose();
    }
  }

  async alignWords(textTokens: readonly number[]): Promise<readonly AlignedWord[]> {
    const { probabilitiesAsDecoded, timeAnew, timeAsDecoded, timeWords } = await import('./time-words.js');
    const { tokenizer, wordConfidence } = this.#settings;
    const { special } = tokenizer;
    const decoded = this.#decoded;
    const positions = this.#positions;
    const known = (): readonly number[] | undefined =>
      wordConfidence === 'teacher-forced'
        ? undefined
        : decoded && probabilitiesAsDecoded(textTokens, decoded, special);
    const timed =
      (decoded && timeAsDecoded(textTokens, decoded, positions, special)) ??
      (await timeAnew(textTokens, this.#encoded, positions, this.#languageToken(), this.#settings, known()));
    return timeWords(textTokens, timed, tokenizer, this.language);
  }

  dispose(): void {
    this.#encoded.dispose();
  }

  /** Encoder positions that hold audio. */
  get #positions(): number {
    return Math.floor(this.#window.size / FRAMES_PER_TIMESTAMP);
  }

  /** More tokens than anybody says in this time: text that goes on beyond them repeats itself. */
  get #plausibleTokens(): number {
    return Math.ceil((this.#window.size / FRAMES_PER_SECOND) * TOKENS_PER_SECOND) + TOKENS_PER_SECOND;
  }

  #languageToken(): number | undefined {
    return this.language === undefined
      ? undefined
      : this.#settings.tokenizer.special.languages.get(this.language);
  }
}
