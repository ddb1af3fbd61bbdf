import type { TokenAttention } from '../../decoding/whisper/alignment-matrix.js';
import { languageProbabilities } from '../../decoding/whisper/language-detection.js';
import type { LogitRules } from '../../decoding/whisper/logit-rules.js';
import { buildPrompt } from '../../decoding/whisper/prompt.js';
import { logSumExp, sumRow, type RowSum } from '../../decoding/whisper/row-sum.js';
import { searchAtTemperature, type SearchOptions } from '../../decoding/whisper/search-at-temperature.js';
import type { SearchResult } from '../../decoding/whisper/search.js';
import { FRAMES_PER_TIMESTAMP, isTextToken } from '../../decoding/whisper/token-ids.js';
import type {
  WindowAttempt,
  WindowDecoder,
  WindowRange,
  WindowSource,
} from '../../decoding/whisper/window-source.js';
import type { AlignedWord } from '../../decoding/whisper/word-timing.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import { AttentiveRun } from './decoding-attention.js';
import type { EncodedAudio } from './graphs.js';
import { scoreStart, type WindowEncoder } from './window-encoder.js';

/** How the windows of one transcription are decoded. */
export interface WindowSettings {
  readonly tokenizer: WhisperTokenizer;
  /** The model's context. */
  readonly maxTokens: number;
  readonly rules: LogitRules;
  readonly search: SearchOptions;
  /** Whisper's code; absent for English-only models. */
  readonly language?: string | undefined;
  /** Whether every window is asked for its language, in place of `language`. */
  readonly languagePerWindow?: boolean;
  readonly task: 'transcribe' | 'translate';
  readonly hotwords: readonly number[];
  readonly maxNewTokens: number;
  /** What words are timed by, see `WhisperDecoding.wordAlignment`; undefined: there are no words. */
  readonly wordAlignment?: 'decoding' | 'teacher-forced' | undefined;
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
    const { languagePerWindow, tokenizer, language } = this.#settings;
    const encoded = await this.#encoder.take(window);
    if (!languagePerWindow) return new GraphWindowDecoder(encoded, window, this.#settings, language);
    try {
      const { languages, startOfTranscript } = tokenizer.special;
      const logits = await scoreStart(encoded, startOfTranscript);
      const heard = languageProbabilities(logits, languages)[0]!.language;
      return new GraphWindowDecoder(encoded, window, this.#settings, heard);
    } catch (error) {
      encoded.dispose();
      throw error;
    }
  }
}

/** What the words of a text are timed by. */
interface AttendedText {
  readonly attention: TokenAttention;
  /** One for every token of the text. */
  readonly probabilities: readonly number[];
}

class GraphWindowDecoder implements WindowDecoder {
  readonly #encoded: EncodedAudio;
  readonly #window: WindowRange;
  readonly #settings: WindowSettings;
  readonly language?: string;
  /** The last decoding and the attention in it. */
  #decoded: { readonly result: SearchResult; readonly attention: AttentiveRun } | undefined;

  constructor(
    encoded: EncodedAudio,
    window: WindowRange,
    settings: WindowSettings,
    language: string | undefined,
  ) {
    this.#encoded = encoded;
    this.#window = window;
    this.#settings = settings;
    if (language !== undefined) this.language = language;
  }

  async decode({ temperature, previous, prefix }: WindowAttempt): Promise<SearchResult> {
    const { tokenizer, rules, search, maxNewTokens, maxTokens, task, hotwords, signal } = this.#settings;
    const { special } = tokenizer;
    const prompt = buildPrompt(
      special,
      { language: this.#languageToken(), task, timestamps: rules.timestamps, previous, prefix, hotwords },
      maxTokens,
    );
    const run = this.#encoded.startDecoder();
    this.#decoded = undefined;
    try {
      const request = { ...prompt, rules, maxNewTokens, maxTokens, signal };
      if (this.#settings.wordAlignment !== 'decoding') {
        return await searchAtTemperature(run, request, temperature, search);
      }
      const attention = new AttentiveRun(run, prompt.transcriptIndex, this.#positions);
      const result = await searchAtTemperature(attention, request, temperature, search);
      this.#decoded = { result, attention };
      return result;
    } finally {
      run.dispose();
    }
  }

  async alignWords(textTokens: readonly number[]): Promise<readonly AlignedWord[]> {
    const { attention, probabilities } =
      this.#attentionAsDecoded(textTokens) ?? (await this.#attendAnew(textTokens));
    const { timeWords } = await import('./time-words.js');
    const { tokenizer } = this.#settings;
    return timeWords(textTokens, probabilities, attention, this.#positions, tokenizer, this.language);
  }

  /** The attention that the tokens were decoded with; undefined where it was not kept or is of another text. */
  #attentionAsDecoded(textTokens: readonly number[]): AttendedText | undefined {
    if (!this.#decoded) return undefined;
    const { tokens, tokenLogProbs } = this.#decoded.result;
    const { tokenizer } = this.#settings;
    const text = tokens
      .map((_, index) => index)
      .filter((index) => isTextToken(tokens[index]!, tokenizer.special))
      .slice(0, textTokens.length);
    if (textTokens.some((token, i) => token !== tokens[text[i] ?? -1])) return undefined;
    // What follows the last text token ends the last word.
    const attention = this.#decoded.attention.attentionOf([...text, text.at(-1)! + 1]);
    return attention && { attention, probabilities: text.map((index) => Math.exp(tokenLogProbs[index]!)) };
  }

  /**
   * Feeds the transcript to the decoder once more and reads the times off its cross-attention
   * (openai/whisper `timing.py`, `find_alignment`).
   */
  async #attendAnew(textTokens: readonly number[]): Promise<AttendedText> {
    const { tokenizer, maxTokens, task, signal } = this.#settings;
    const { special } = tokenizer;
    const { prompt } = buildPrompt(
      special,
      { language: this.#languageToken(), task, timestamps: false },
      maxTokens,
    );
    // Row `prompt.length − 1`, of <|notimestamps|>, predicts the first token of the text.
    const first = prompt.length - 1;
    signal?.throwIfAborted();
    const run = this.#encoded.startDecoder();
    try {
      const logits = await run.append([...prompt, ...textTokens, special.endOfText], 1, first);
      const size = run.vocabularySize;
      const probabilities = textTokens.map((token, i) =>
        textProbability(logits.subarray(i * size, i * size + special.endOfText), token),
      );
      const attention = await run.alignment();
      const timedRows = [first, first + textTokens.length + 1] as const;
      return { attention: { ...attention, timedRows }, probabilities };
    } finally {
      run.dispose();
    }
  }

  dispose(): void {
    this.#encoded.dispose();
  }

  /** Encoder positions that hold audio. */
  get #positions(): number {
    return Math.floor(this.#window.size / FRAMES_PER_TIMESTAMP);
  }

  #languageToken(): number | undefined {
    return this.language === undefined
      ? undefined
      : this.#settings.tokenizer.special.languages.get(this.language);
  }
}

/** Softmax over the text tokens alone. */
function textProbability(logits: Float32Array, token: number): number {
  const sum: RowSum = { argmax: -1, max: -Infinity, sum: 0 };
  sumRow(logits, 0, logits.length, sum);
  return Math.exp((logits[token] ?? -Infinity) - logSumExp(sum));
}
