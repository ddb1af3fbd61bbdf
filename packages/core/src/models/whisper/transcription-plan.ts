import { LogitRules } from '../../decoding/whisper/logit-rules.js';
import { encodePromptText } from '../../decoding/whisper/prompt.js';
import { findMatchingTokens } from '../../decoding/whisper/suppressed-pattern.js';
import { FRAMES_PER_SECOND, TIMESTAMP_PRECISION } from '../../decoding/whisper/token-ids.js';
import { AsrError } from '../../errors.js';
import type { TranscribeOptions } from '../../speech-model.js';
import { resolveLanguage } from '../../text/whisper-languages.js';
import type { WhisperTokenizer } from '../../text/whisper-tokenizer.js';
import type { WhisperGraphs } from './graphs.js';
import type { WhisperDecoding } from './options.js';
import { planSpeechSearch, type SpeechSearch } from '../../vad/speech-search.js';
import { resolveWhisperDecoding, type ResolvedWhisperDecoding } from './resolve-options.js';

/** A transcription as it was asked for, checked against what the model can do. */
export interface TranscriptionPlan {
  readonly decoding: ResolvedWhisperDecoding;
  /** Whisper's code, `auto` to be detected, or undefined for a model that knows no languages. */
  readonly language: string | undefined;
  readonly task: 'transcribe' | 'translate';
  readonly words: boolean;
  readonly rules: LogitRules;
  readonly maxNewTokens: number;
  readonly prompt: readonly number[];
  readonly prefix: readonly number[];
  readonly hotwords: readonly number[];
  /** Frames of padding that a window gets in place of being filled up to 30 s; undefined: it is filled up. */
  readonly contextPadding: number | undefined;
  /** How to look for speech; undefined: all of the audio is transcribed. */
  readonly speech: SpeechSearch | undefined;
}

const TIMESTAMPS: readonly unknown[] = ['none', 'segment', 'word', undefined];
const TASKS: readonly unknown[] = ['transcribe', 'translate', undefined];

/**
 * Checks the options of `transcribe` and turns texts into tokens.
 *
 * @throws TypeError, RangeError for options that can't be; AsrError `OPTION_UNSUPPORTED` for those that this model can't
 * honour.
 */
export function planTranscription(
  options: TranscribeOptions,
  graphs: WhisperGraphs,
  tokenizer: WhisperTokenizer,
): TranscriptionPlan {
  const { timestamps, task = 'transcribe' } = options;
  if (!TIMESTAMPS.includes(timestamps)) {
    throw new TypeError(`timestamps: expected none, segment or word, found ${String(timestamps)}`);
  }
  if (!TASKS.includes(task)) throw new TypeError(`task: expected transcribe or translate, found ${task}`);
  if (timestamps === 'word' && !graphs.alignment.available) {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `timestamps: "word" can't be had here: ${graphs.alignment.reason}`,
    );
  }
  if (options.prompt !== undefined && typeof options.prompt !== 'string') {
    throw new TypeError(`prompt: expected a string, found ${typeof options.prompt}`);
  }
  const decoding = resolveWhisperDecoding(whisperDecoding(options.decoding), options.vad !== undefined);
  checkCombination(options, decoding);
  const encode = (text: string): readonly number[] =>
    encodePromptText(text, (content) => tokenizer.encode(content));
  return {
    decoding,
    language: planLanguage(options, tokenizer),
    task,
    words: timestamps === 'word',
    rules: makeRules(decoding, timestamps !== 'none', graphs, tokenizer),
    maxNewTokens: decoding.maxNewTokens ?? Math.floor(graphs.maxTokens / 2),
    prompt: encode(options.prompt ?? ''),
    prefix: encode(decoding.prefix),
    hotwords: encode(decoding.hotwords),
    contextPadding: planContext(decoding),
    speech: planSpeechSearch(options.vad),
  };
}

function planContext({ audioPadding, multilingualAudio }: ResolvedWhisperDecoding): number | undefined {
  if (audioPadding === undefined) return undefined;
  if (multilingualAudio) {
    throw new RangeError('decoding.audioContext: multilingualAudio tells languages by full windows.');
  }
  return Math.round(audioPadding * FRAMES_PER_SECOND);
}

function whisperDecoding(decoding: TranscribeOptions['decoding']): WhisperDecoding | undefined {
  if (typeof decoding !== 'object' || decoding === null || decoding.type === 'whisper') return decoding;
  throw new AsrError(
    'OPTION_UNSUPPORTED',
    `decoding.type: "${String(decoding.type)}" is for another family; Whisper takes "whisper".`,
  );
}

/** @throws RangeError for decoding options that would have no effect next to the others. */
function checkCombination(
  { timestamps, prompt = '', language = 'auto' }: TranscribeOptions,
  decoding: ResolvedWhisperDecoding,
): void {
  if (decoding.hallucinationSilenceThreshold !== undefined && timestamps !== 'word') {
    throw new RangeError('decoding.hallucinationSilenceThreshold: needs timestamps: "word".');
  }
  if (decoding.wordAlignment === 'decoding' && decoding.wordConfidence === 'teacher-forced') {
    throw new RangeError('decoding.wordConfidence: "teacher-forced" needs that wordAlignment.');
  }
  if (decoding.carryInitialPrompt && prompt.trim() === '') {
    throw new RangeError('decoding.carryInitialPrompt: needs a prompt.');
  }
  if (decoding.multilingualAudio && language !== 'auto') {
    throw new RangeError(`decoding.multilingualAudio: needs language: "auto", found "${language}".`);
  }
}

function planLanguage(options: TranscribeOptions, { special }: WhisperTokenizer): string | undefined {
  const { language = 'auto', task } = options;
  if (typeof language !== 'string')
    throw new TypeError(`language: expected a string, found ${typeof language}`);
  if (special.multilingual) {
    if (language === 'auto') return 'auto';
    const code = resolveLanguage(language, special.languages);
    if (special.languages.has(code)) return code;
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `language: this model has no "${code}"; it knows ${[...special.languages.keys()].join(', ')}`,
    );
  }
  if (options.decoding?.type === 'whisper' && options.decoding.multilingualAudio === true) {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      'decoding.multilingualAudio needs a multilingual model, this one is English-only',
    );
  }
  if (task === 'translate') {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      'task: "translate" needs a multilingual model, this one is English-only',
    );
  }
  if (language !== 'auto' && resolveLanguage(language) !== 'en') {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `language: "${language}" needs a multilingual model, this one is English-only`,
    );
  }
  return undefined;
}

function makeRules(
  decoding: ResolvedWhisperDecoding,
  timestamps: boolean,
  graphs: WhisperGraphs,
  tokenizer: WhisperTokenizer,
): LogitRules {
  const suppressTokens = decoding.suppressTokens.flatMap((item) =>
    item === 'non-speech' ? tokenizer.nonSpeechTokens() : [item],
  );
  if (decoding.suppressPattern) {
    const textOf = (token: number): string => tokenizer.decode([token]);
    suppressTokens.push(...findMatchingTokens(decoding.suppressPattern, textOf, tokenizer.special.endOfText));
  }
  const latest = decoding.maxInitialTimestamp;
  return new LogitRules({
    tokens: tokenizer.special,
    vocabularySize: Math.min(tokenizer.vocabularySize, graphs.vocabularySize),
    blankTokens: decoding.suppressBlank ? tokenizer.encode(' ') : [],
    suppressTokens,
    timestamps,
    maxInitialTimestamp: latest === undefined ? undefined : Math.round(latest / TIMESTAMP_PRECISION),
    repetitionPenalty: decoding.repetitionPenalty,
    noRepeatNgramSize: decoding.noRepeatNgramSize,
  });
}
