import type { FallbackResult } from '../../decoding/whisper/fallback.js';
import { PromptHistory } from '../../decoding/whisper/prompt-history.js';
import { previousTextLimit } from '../../decoding/whisper/prompt.js';
import { FRAMES_PER_SECOND, isTextToken, WINDOW_FRAMES } from '../../decoding/whisper/token-ids.js';
import { countConfirmable, type ConfirmationRules } from '../../streaming/confirmation.js';
import type { OpenWords, StretchSpan, UtteranceModel } from '../../streaming/utterance-model.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { Segment, Transcript } from '../../transcript/transcript.js';
import { SAMPLE_RATE } from './heard-audio.js';
import type { LiveLanguage } from './live-language.js';
import type { LiveReader } from './live-reader.js';
import { liveSegment, type WhisperWord } from './live-segment.js';
import type { TranscriptionPlan } from './transcription-plan.js';

/** Whisper hears 30 s at once; a margin keeps the end of the audio away from the end of the window. */
const MAX_SECONDS = WINDOW_FRAMES / FRAMES_PER_SECOND - 2;

/**
 * Where words count as confirmed. In `jfk` "asked not" is as likely as "ask not" until "your country" is heard, 3.2 s later, and
 * nothing but the rival tells.
 */
const RULES: ConfirmationRules = { spacing: 0.5, margin: 0.3, rivalMargin: 3 };

/** Tokens of the text before that readings are told of while somebody speaks: each takes more than a millisecond. */
const PARTIAL_CONTEXT = 40;

/** What {@link LiveWhisper} is made of. */
export interface LiveWhisperParts {
  readonly reader: Pick<LiveReader, 'read'>;
  readonly language: LiveLanguage;
  readonly tokenizer: WhisperTokenizer;
  readonly plan: TranscriptionPlan;
  /** The model's context. */
  readonly maxTokens: number;
}

/** Whisper as live decoding uses it. One object serves one stream. */
export class LiveWhisper implements UtteranceModel<WhisperWord> {
  readonly sampleRate = SAMPLE_RATE;
  readonly maxLength = MAX_SECONDS;
  readonly #parts: LiveWhisperParts;
  readonly #history: PromptHistory;
  readonly #segments: Segment[] = [];
  #text = '';
  /** Tokens that the last reading was given as confirmed. */
  #given = 0;
  /** What decided about the last final reading. */
  #last: FallbackResult | undefined;

  constructor(parts: LiveWhisperParts) {
    this.#parts = parts;
    const { plan, maxTokens } = parts;
    this.#history = new PromptHistory({
      // As for recordings, see `ChannelTranscription`.
      maxTokens: maxTokens - 2 * plan.hotwords.length,
      conditionOnPreviousText: plan.decoding.conditionOnPreviousText,
      initialPrompt: plan.prompt,
      carryInitialPrompt: plan.decoding.carryInitialPrompt,
    });
  }

  /** Tokens that a prompt may hold besides control tokens. */
  get #promptLimit(): number {
    return previousTextLimit(this.#parts.maxTokens);
  }

  async read(
    audio: Float32Array,
    confirmed: readonly WhisperWord[],
    final: boolean,
  ): Promise<readonly WhisperWord[] | undefined> {
    this.#given = confirmed.reduce((sum, { tokens }) => sum + tokens.length, 0);
    // The more is confirmed, the less of what came before it: the rest of the context is for what is to be decoded.
    const room = this.#promptLimit - this.#given;
    const limit = final || this.#parts.plan.prompt.length > 0 ? room : Math.min(room, PARTIAL_CONTEXT);
    const previous = limit > 0 ? this.#history.previous().slice(-limit) : [];
    const { words, result } = await this.#parts.reader.read(audio, { confirmed, previous, final });
    if (final && result) this.#last = result;
    return words;
  }

  countConfirmable({ words, earlier, heard }: OpenWords<WhisperWord>): number {
    const count = countConfirmable(words, earlier, heard, RULES);
    // What is confirmed has to fit into the next prompt.
    let room = this.#promptLimit - this.#given;
    const beyond = words.findIndex(({ tokens }) => (room -= tokens.length) < 0);
    return beyond < 0 ? count : Math.min(count, beyond);
  }

  conclude(words: readonly WhisperWord[], span: StretchSpan): readonly Segment[] {
    if (words.length === 0) return [];
    const tokens = words.flatMap((word) => word.tokens);
    this.#history.add(tokens);
    const { plan, tokenizer, language } = this.#parts;
    const { decoding } = plan;
    if (this.#last && this.#last.lastTemperature > decoding.promptResetTemperature) this.#history.reset();
    const text = tokenizer.decode(tokens);
    if (text.trim() === '') return [];
    const segment = liveSegment(text, words, span, {
      plan,
      isText: (token) => isTextToken(token, tokenizer.special),
      window: this.#last?.window,
      language: decoding.multilingualAudio ? language.code : undefined,
      lastSpeechEnd: this.#segments.at(-1)?.end ?? 0,
    });
    this.#text += text;
    this.#segments.push(segment);
    return [segment];
  }

  transcript(duration: number): Transcript {
    const { code, probability } = this.#parts.language;
    return {
      text: this.#text.trim(),
      ...(code !== undefined && { language: code }),
      ...(probability !== undefined && { languageProbability: probability }),
      duration,
      segments: [...this.#segments],
    };
  }
}
