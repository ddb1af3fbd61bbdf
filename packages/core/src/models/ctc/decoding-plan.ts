import { AsrError } from '../../errors.js';
import type { Hotword } from '../../decoding/ctc/hotwords.js';
import {
  DEFAULT_ALPHA,
  DEFAULT_BETA,
  type LanguageModelScorerOptions,
} from '../../decoding/ctc/language-model-scorer.js';
import type { PrefixBeamOptions } from '../../decoding/ctc/prefix-beam-options.js';
import type { CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import type { LabelLexicon } from '../../lm/label-lexicon.js';
import type { NgramModel } from '../../lm/ngram-model.js';
import type { TranscribeOptions } from '../../speech-model.js';
import { OptionReader } from '../../option-reader.js';
import { caseOfLabels, chooseCase, toCase, type LetterCase } from './letter-case.js';
import type { CtcConfidence } from './options.js';

/** A transcription as it was asked for, checked and with every default filled in. */
export interface CtcDecodingPlan {
  readonly timestamps: 'none' | 'segment' | 'word';
  readonly confidence: Required<CtcConfidence>;
  /** Seconds. */
  readonly segmentPause: number;
  /** Absent for greedy decoding. */
  readonly beam: BeamPlan | undefined;
}

export interface BeamPlan {
  readonly options: PrefixBeamOptions;
  /** Texts wanted. */
  readonly nBest: number;
  /** Whether the alternatives go into the transcript. */
  readonly wantsNBest: boolean;
  /** Absent when nothing needs words: no language model, no lexicon, no hotword, no pruning by them. */
  readonly scorer: LanguageModelScorerOptions | undefined;
  /** How the labels read for the scorer. */
  readonly scorerVocabulary: CtcVocabulary;
}

/**
 * Checks the options of `transcribe` against what CTC models can do.
 *
 * @throws TypeError, RangeError for options that can't be; AsrError `OPTION_UNSUPPORTED` for those that only other
 * families honour.
 */
export function planCtcDecoding(options: TranscribeOptions, vocabulary: CtcVocabulary): CtcDecodingPlan {
  const { timestamps, type, read } = readDecoding(options, 'a CTC model', ['ctc-greedy', 'ctc-beam']);
  const plan = {
    timestamps,
    confidence: planConfidence(read),
    segmentPause: read.number('segmentPause', 0.8, { from: 0 }),
    beam: type === 'ctc-beam' ? planBeam(read, vocabulary) : undefined,
  };
  read.finish();
  return plan;
}

/** What the options of `transcribe` have in common for families that know no languages and no text. */
export interface DecodingOptions<Type extends string> {
  readonly timestamps: 'none' | 'segment' | 'word';
  readonly type: Type;
  /** The rest of `decoding`, still to be read. */
  readonly read: OptionReader;
}

/**
 * Checks them.
 *
 * @param model With its article, for messages.
 * @param types What `decoding.type` may be; the first is the default.
 * @throws TypeError for what can't be; AsrError `OPTION_UNSUPPORTED` for what only other families honour.
 */
export function readDecoding<Type extends string>(
  options: TranscribeOptions,
  model: string,
  types: readonly [Type, Type],
): DecodingOptions<Type> {
  refuseUnhonoured(options, model);
  const { timestamps = 'segment', decoding = { type: types[0] } } = options;
  if (timestamps !== 'none' && timestamps !== 'segment' && timestamps !== 'word') {
    throw new TypeError(`timestamps: expected none, segment or word, found ${String(timestamps)}`);
  }
  if (typeof decoding !== 'object' || decoding === null) {
    throw new TypeError(`decoding: expected an object with a type, found ${String(decoding)}.`);
  }
  const type = types.find((one) => one === decoding.type);
  if (type === undefined) {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `decoding.type: "${String(decoding.type)}" is for another family; ${model} takes "${types.join('" or "')}".`,
    );
  }
  return { timestamps, type, read: new OptionReader('decoding', decoding, ['type']) };
}

/**
 * Refuses what only models that know languages and text can honour.
 *
 * @param model With its article, for messages.
 * @throws AsrError `OPTION_UNSUPPORTED`
 */
function refuseUnhonoured(options: TranscribeOptions, model: string): void {
  refuse(options.language, 'language', `${model} writes the language it was trained on`);
  refuse(options.task, 'task', `${model} writes what is said and does not translate`, 'transcribe');
  refuse(
    options.prompt,
    'prompt',
    `${model} reads no text; for names and terms, CTC models have decoding.hotwords`,
  );
  refuse(
    options.vad && 'a detector',
    'vad',
    `${model} transcribes all of the audio; cut it by vad.detect() beforehand`,
  );
}

function refuse(value: unknown, name: string, reason: string, accepted?: string): void {
  if (value === undefined || value === accepted) return;
  throw new AsrError('OPTION_UNSUPPORTED', `${name}: ${JSON.stringify(value)} can't be honoured: ${reason}.`);
}

function planConfidence(read: OptionReader): Required<CtcConfidence> {
  const inner = new OptionReader('decoding.confidence', read.take('confidence') ?? {});
  const confidence = {
    method: inner.choice('method', ['max-prob', 'entropy']),
    aggregation: inner.choice('aggregation', ['min', 'mean', 'max', 'product']),
  };
  inner.finish();
  return confidence;
}

function planBeam(read: OptionReader, vocabulary: CtcVocabulary): BeamPlan {
  const beamWidth = read.integer('beamWidth', 100, 1, 10_000);
  const nBest = read.optionalInteger('nBest', 1, beamWidth);
  const maxTokens = read.optionalInteger('maxTokens', 1, 1e6);
  const minTokenLogProb = read.number('minTokenLogProb', -5, { to: 0 });
  const maxScoreGap = read.number('maxScoreGap', 10, { from: 0 });
  const pruneHistory = read.boolean('pruneHistory', false);
  const models = languageModels(read);
  if (models.length === 0) refuseModelOptions(read);
  const hotwords = readHotwords(read);
  const lexicon = readLexicon(read);
  const weights = {
    alpha: read.number('alpha', DEFAULT_ALPHA),
    beta: read.number('beta', DEFAULT_BETA),
    unknownPenalty: read.number('unknownPenalty', -10, { to: 0 }),
    sentenceBoundaries: readBoundaries(read),
  };
  const unigrams = readUnigrams(read);
  const wanted = read.choice('languageModelCase', ['auto', 'as-is', 'lower', 'upper']);
  const letterCase = chooseCase(wanted, vocabulary, models);
  return {
    options: {
      blank: vocabulary.blank,
      beamWidth,
      minTokenLogProb,
      maxScoreGap,
      pruneHistory,
      ...(maxTokens !== undefined && { maxTokens }),
      vocabulary,
    },
    nBest: nBest ?? 1,
    wantsNBest: nBest !== undefined,
    scorerVocabulary: inCase(vocabulary, letterCase),
    scorer:
      models.length === 0 && hotwords.length === 0 && !lexicon && !pruneHistory
        ? undefined
        : {
            ...weights,
            ...(models.length > 0 && { languageModel: models.length === 1 ? models[0]! : models }),
            ...(unigrams && { unigrams }),
            ...(lexicon && { lexicon }),
            hotwords: hotwords.map((hotword) => fitHotword(hotword, vocabulary, letterCase)),
          },
  };
}

function languageModels(read: OptionReader): readonly NgramModel[] {
  const value = read.take('languageModel');
  const list: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return list.map((model) => {
    if (typeof model === 'object' && model !== null && 'createState' in model && 'score' in model) {
      return model as NgramModel;
    }
    return read.mistype('languageModel', 'what loadNgramModel returns', model);
  });
}

/** Options that weigh a language model. */
const MODEL_OPTIONS = [
  'alpha',
  'beta',
  'unknownPenalty',
  'sentenceBoundaries',
  'unigrams',
  'languageModelCase',
] as const;

/** Without a language model they would change nothing. */
function refuseModelOptions(read: OptionReader): void {
  for (const key of MODEL_OPTIONS) {
    const value = read.take(key);
    if (value !== undefined) read.refuse(key, 'a languageModel beside it', value);
  }
}

function readBoundaries(read: OptionReader): boolean | 'start' {
  const value = read.take('sentenceBoundaries') ?? true;
  if (typeof value === 'boolean' || value === 'start') return value;
  return read.mistype('sentenceBoundaries', 'true, false or "start"', value);
}

function readLexicon(read: OptionReader): LabelLexicon | undefined {
  const value = read.take('lexicon');
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && 'next' in value && 'start' in value) {
    return value as LabelLexicon;
  }
  return read.mistype('lexicon', 'that of loadDeepSpeechScorer', value);
}

function readHotwords(read: OptionReader): readonly Hotword[] {
  return (read.list('hotwords') ?? []).map((item) => {
    const inner = new OptionReader('decoding.hotwords[]', item);
    const hotword = { text: inner.string('text', '').trim(), weight: inner.number('weight', Number.NaN) };
    if (hotword.text === '') inner.refuse('text', 'a word or phrase', hotword.text);
    if (Number.isNaN(hotword.weight)) inner.mistype('weight', 'a number', undefined);
    inner.finish();
    return hotword;
  });
}

function readUnigrams(read: OptionReader): readonly string[] | undefined {
  const words = read.list('unigrams');
  words?.forEach((word) => typeof word === 'string' || read.mistype('unigrams', 'strings', word));
  // The same array: its words are sorted once, not for every transcription.
  return words as readonly string[] | undefined;
}

/**
 * A hotword as the scorer will see it. A model whose labels have one case can only write that one, so the hotword's case
 * doesn't matter then.
 *
 * @throws AsrError `OPTION_UNSUPPORTED` when the labels can't write it.
 */
function fitHotword(hotword: Hotword, vocabulary: CtcVocabulary, letterCase: LetterCase): Hotword {
  const written = toCase(hotword.text, caseOfLabels(vocabulary));
  const characters = new Set(vocabulary.pieces.flatMap((piece) => [...piece]));
  const foreign = [...written].filter(
    (character) =>
      character !== ' ' && !characters.has(character) && !canSpell(character, vocabulary.byteLabels),
  );
  if (foreign.length > 0) {
    throw new AsrError(
      'OPTION_UNSUPPORTED',
      `decoding.hotwords: "${hotword.text}" can't be written with this model's labels, which have no ${[...new Set(foreign)].join(' ')}.`,
    );
  }
  return { text: toCase(written, letterCase), weight: hotword.weight };
}

/** Whether there is a label for every byte of a character. */
function canSpell(character: string, byteLabels: ReadonlyMap<number, number> | undefined): boolean {
  return (
    byteLabels !== undefined && new TextEncoder().encode(character).every((byte) => byteLabels.has(byte))
  );
}

function inCase(vocabulary: CtcVocabulary, letterCase: LetterCase): CtcVocabulary {
  if (letterCase === 'as-is') return vocabulary;
  return { ...vocabulary, pieces: vocabulary.pieces.map((piece) => toCase(piece, letterCase)) };
}
