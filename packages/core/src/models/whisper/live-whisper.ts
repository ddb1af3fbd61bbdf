import { decodeWithFallback, isSilence, type FallbackResult } from '../../decoding/whisper/fallback.js';
import { compressionRatio } from '../../decoding/whisper/compression-ratio.js';
import { PromptHistory } from '../../decoding/whisper/prompt-history.js';
import { previousTextLimit } from '../../decoding/whisper/prompt.js';
import { FRAMES_PER_SECOND, isTextToken, WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import type { WindowDecoder } from '../../decoding/whisper/window-source.js';
import { splitIntoWords } from '../../decoding/whisper/word-split.js';
import { frameLoudness } from '../../features/loudness.js';
import { WhisperLogMel } from '../../features/whisper-log-mel.js';
import { finishInTurns } from '../../steps.js';
import { countConfirmable, type ConfirmationRules } from '../../streaming/confirmation.js';
import type { OpenWords, StretchSpan, UtteranceModel } from '../../streaming/utterance-model.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { Segment, Transcript } from '../../transcript/transcript.js';
import { FRAME_LENGTH } from './channel-transcription.js';
import { SAMPLE_RATE } from './heard-audio.js';
import { GraphWindowSource } from './graph-window-source.js';
import type { WhisperGraphs } from './graphs.js';
import { LiveLanguage } from './live-language.js';
import { liveSegment, type WhisperWord } from './live-segment.js';
import type { TranscriptionPlan } from './transcription-plan.js';
import { WindowEncoder } from './window-encoder.js';

/** Whisper hears 30 s at once; a margin keeps the end of the audio away from the end of the window. */
const MAX_SECONDS = WINDOW_FRAMES / FRAMES_PER_SECOND - 2;

/** Where words count as confirmed; `benchmarks/streaming` compares it with others. */
const RULES: ConfirmationRules = {
  agreedMargin: 0.2,
  sureMargin: 0.6,
  sure: 0.8,
  doubtful: 0.55,
  patience: 1.5,
};

/** Whisper as live decoding uses it. One object serves one stream. */
export class LiveWhisper implements UtteranceModel<WhisperWord> {
  readonly sampleRate = SAMPLE_RATE;
  readonly maxLength = MAX_SECONDS;
  readonly #graphs: WhisperGraphs;
  readonly #tokenizer: WhisperTokenizer;
  readonly #plan: TranscriptionPlan;
  readonly #signal: AbortSignal;
  readonly #history: PromptHistory;
  readonly #language: LiveLanguage;
  readonly #segments: Segment[] = [];
  #text = '';
  /** Tokens that the last reading was given as confirmed. */
  #given = 0;
  /** What decided about the last final reading. */
  #last: FallbackResult | undefined;

  constructor(
    graphs: WhisperGraphs,
    tokenizer: WhisperTokenizer,
    plan: TranscriptionPlan,
    signal: AbortSignal,
  ) {
    this.#graphs = graphs;
    this.#tokenizer = tokenizer;
    this.#plan = plan;
    this.#signal = signal;
    this.#language = new LiveLanguage(plan, tokenizer.special);
    this.#history = new PromptHistory({
      maxTokens: graphs.maxTokens,
      conditionOnPreviousText: plan.decoding.conditionOnPreviousText,
      initialPrompt: plan.prompt,
      carryInitialPrompt: plan.decoding.carryInitialPrompt,
    });
  }

  /** Tokens that a prompt may hold besides control tokens. */
  get #promptLimit(): number {
    return previousTextLimit(this.#graphs.maxTokens);
  }

  async read(
    audio: Float32Array,
    confirmed: readonly WhisperWord[],
    final: boolean,
  ): Promise<readonly WhisperWord[] | undefined> {
    const features = new WhisperLogMel(audio, { bins: this.#graphs.melBins });
    const loudness = await finishInTurns(frameLoudness(audio, FRAME_LENGTH), this.#signal);
    await features.prepare(this.#signal);
    const window = { seek: 0, size: Math.min(features.contentFrames, WINDOW_FRAMES) };
    const encoder = new WindowEncoder(this.#graphs, features, loudness, this.#signal);
    try {
      if (encoder.isSilent(window)) return confirmed;
      await this.#language.listen(encoder, window, final);
      const decoder = await this.#source(encoder).open(window);
      try {
        return await this.#decode(decoder, confirmed, final);
      } finally {
        await decoder.dispose();
      }
    } finally {
      encoder.dispose();
    }
  }

  countConfirmable({ words, before, heard }: OpenWords<WhisperWord>): number {
    const count = countConfirmable(words, before, heard, RULES);
    // What is confirmed has to fit into the next prompt.
    let room = this.#promptLimit - this.#given;
    const beyond = words.findIndex(({ tokens }) => (room -= tokens.length) < 0);
    return beyond < 0 ? count : Math.min(count, beyond);
  }

  conclude(words: readonly WhisperWord[], span: StretchSpan): readonly Segment[] {
    if (words.length === 0) return [];
    const tokens = words.flatMap((word) => word.tokens);
    this.#history.add(tokens);
    const { decoding } = this.#plan;
    if (this.#last && this.#last.lastTemperature > decoding.promptResetTemperature) this.#history.reset();
    const text = this.#tokenizer.decode(tokens);
    if (text.trim() === '') return [];
    const segment = liveSegment(text, words, span, {
      plan: this.#plan,
      isText: this.#isText,
      window: this.#last?.window,
      language: decoding.multilingualAudio ? this.#language.code : undefined,
      lastSpeechEnd: this.#segments.at(-1)?.end ?? 0,
    });
    this.#text += text;
    this.#segments.push(segment);
    return [segment];
  }

  transcript(duration: number): Transcript {
    const { code, probability } = this.#language;
    return {
      text: this.#text.trim(),
      ...(code !== undefined && { language: code }),
      ...(probability !== undefined && { languageProbability: probability }),
      duration,
      segments: [...this.#segments],
    };
  }

  #source(encoder: WindowEncoder): GraphWindowSource {
    const { decoding, rules, task, hotwords, maxNewTokens } = this.#plan;
    return new GraphWindowSource(encoder, {
      tokenizer: this.#tokenizer,
      maxTokens: this.#graphs.maxTokens,
      rules,
      search: decoding,
      language: this.#tokenizer.special.multilingual ? this.#language.code : undefined,
      task,
      hotwords,
      maxNewTokens,
      wordAlignment: decoding.wordAlignment,
      // Most words of a window were confirmed and given; all have probabilities of one kind.
      wordConfidence: 'teacher-forced',
      signal: this.#signal,
    });
  }

  async #decode(
    decoder: WindowDecoder,
    confirmed: readonly WhisperWord[],
    final: boolean,
  ): Promise<readonly WhisperWord[] | undefined> {
    const { decoding } = this.#plan;
    const prefix = confirmed.flatMap(({ tokens }) => tokens);
    this.#given = prefix.length;
    // The more is confirmed, the less of what came before it: the rest of the context is for what is to be decoded.
    const room = this.#promptLimit - prefix.length;
    const previous = room > 0 ? this.#history.previous().slice(-room) : [];
    const result = await decodeWithFallback(
      async (temperature) => {
        const found = await decoder.decode({ temperature, previous, prefix });
        return { ...found, compressionRatio: compressionRatio(this.#textOf(found.tokens)) };
      },
      // A reading that fails is made again with more audio; only the last one has to do.
      final ? decoding : { ...decoding, temperatures: decoding.temperatures.slice(0, 1) },
    );
    const { window } = result;
    if (final) this.#last = result;
    if (isSilence(window, decoding)) return confirmed;
    if (!final && !result.passed) return undefined;
    return this.#words(decoder, window.tokens, [
      ...confirmed.flatMap(({ tokenLogProbs }) => tokenLogProbs),
      ...window.tokenLogProbs.slice(prefix.length),
    ]);
  }

  async #words(
    decoder: WindowDecoder,
    tokens: readonly number[],
    logProbs: readonly number[],
  ): Promise<readonly WhisperWord[]> {
    const kept = tokens
      .map((token, i) => ({ token, logProb: logProbs[i]! }))
      .filter(({ token }) => this.#isText(token));
    const textTokens = kept.map(({ token }) => token);
    if (textTokens.length === 0) return [];
    const words = this.#graphs.alignment.available
      ? await decoder.alignWords!(textTokens)
      : splitIntoWords(textTokens, this.#tokenizer, this.#language.code);
    let next = 0;
    return words.map((word) => {
      const tokenLogProbs = kept.slice(next, (next += word.tokens.length)).map(({ logProb }) => logProb);
      const sum = tokenLogProbs.reduce((total, logProb) => total + logProb, 0);
      return { probability: Math.exp(sum / tokenLogProbs.length), ...word, tokenLogProbs };
    });
  }

  readonly #isText = (token: number): boolean => isTextToken(token, this.#tokenizer.special);

  #textOf(tokens: readonly number[]): string {
    return this.#tokenizer.decode(tokens.filter(this.#isText)).trim();
  }
}
