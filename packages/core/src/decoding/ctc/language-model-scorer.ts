import type { NgramModel, NgramState } from '../../lm/ngram-model.js';
import { UNKNOWN_WORD } from '../../lm/ngram-model.js';
import { HotwordMatcher, type Hotword, type HotwordState } from './hotwords.js';
import type { PrefixScorer } from './prefix-scorer.js';
import type { CtcVocabulary } from './vocabulary.js';
import { WordList } from './word-list.js';

/** How a language model and hotwords weigh in a beam search. */
export interface LanguageModelScorerOptions {
  /** Several are averaged: each judges every word with its own context and vocabulary. */
  readonly languageModel?: NgramModel | readonly NgramModel[];
  /** Factor on the language model's natural log-probability. Default 0.5. */
  readonly alpha?: number;
  /** Added per word, which makes up for the language model's preference for few words. Default 1.5. */
  readonly beta?: number;
  /** Added to the log10 probability of a word outside of the vocabulary. Default −10. */
  readonly unknownPenalty?: number;
  /** Whether the utterance begins and ends a sentence for the language model. Default true. */
  readonly sentenceBoundaries?: boolean;
  /**
   * Words that count as known. Default: those of the language model, where its file holds them. Without a list,
   * unfinished words are not judged.
   */
  readonly unigrams?: Iterable<string>;
  readonly hotwords?: readonly Hotword[];
}

/** Usual length of a word; a longer unknown beginning is penalised in proportion. */
const EXPECTED_WORD_LENGTH = 6;

/** A language model with the words that it knows; without a list, unfinished words are not judged. */
interface Judge {
  readonly model: NgramModel;
  readonly words: WordList | undefined;
  readonly scratch: NgramState;
}

/** Sorting a vocabulary takes longer than decoding an utterance, so a model's list is made once. */
const wordLists = new WeakMap<NgramModel, WordList>();

function wordsOf(model: NgramModel): WordList | undefined {
  const known = wordLists.get(model);
  if (known) return known;
  const words = model.words();
  if (!words) return undefined;
  const list = new WordList(words);
  wordLists.set(model, list);
  return list;
}

/** Value of a prefix. Immutable. */
interface FusionState {
  /** One per language model. */
  readonly contexts: readonly NgramState[];
  readonly hotwords: HotwordState;
  /** Letters of the unfinished word. */
  readonly partial: string;
  /** What the finished words are worth. */
  readonly committed: number;
  /** What the unfinished word adds for now. */
  readonly pending: number;
}

/**
 * Shallow fusion of a word n-gram model and hotwords with a CTC beam search, with the formula of pyctcdecode: every
 * finished word adds α · ln P(word | context) + β. Differs where pyctcdecode errs: an utterance that ends without an
 * unfinished word isn't charged for an unknown one, and unfinished words are not penalised without a word list.
 */
export class LanguageModelScorer implements PrefixScorer<FusionState> {
  readonly #pieces: readonly (readonly string[])[];
  readonly #judges: readonly Judge[];
  readonly #hotwords: HotwordMatcher | undefined;
  readonly #factor: number;
  readonly #beta: number;
  readonly #unknownPenalty: number;
  readonly #boundaries: boolean;

  /** @throws RangeError for a weight that is no number. */
  constructor(vocabulary: CtcVocabulary, options: LanguageModelScorerOptions) {
    const { alpha = 0.5, beta = 1.5, unknownPenalty = -10, sentenceBoundaries = true } = options;
    for (const [name, value] of Object.entries({ alpha, beta, unknownPenalty })) {
      if (!Number.isFinite(value)) throw new RangeError(`${name} must be a number, found ${value}`);
    }
    this.#pieces = vocabulary.pieces.map((piece) => piece.split(' '));
    const models = modelList(options.languageModel);
    // The mean over the models is taken by the factor.
    this.#factor = models.length > 0 ? (alpha * Math.LN10) / models.length : 0;
    this.#beta = models.length > 0 ? beta : 0;
    this.#unknownPenalty = unknownPenalty;
    this.#boundaries = sentenceBoundaries;
    const unigrams = options.unigrams && models.length > 0 ? new WordList(options.unigrams) : undefined;
    this.#judges = models.map((model) => ({
      model,
      words: unigrams ?? wordsOf(model),
      scratch: model.createState(),
    }));
    this.#hotwords = options.hotwords?.length ? new HotwordMatcher(options.hotwords) : undefined;
  }

  start(): FusionState {
    const contexts = this.#judges.map(({ model }) => {
      const context = model.createState();
      if (this.#boundaries) model.beginSentence(context);
      return context;
    });
    return { contexts, hotwords: this.#hotwords?.start() ?? [], partial: '', committed: 0, pending: 0 };
  }

  extend(state: FusionState, token: number): FusionState {
    const parts = this.#pieces[token] as readonly string[];
    let next = state;
    parts.forEach((part, i) => {
      if (i > 0) next = this.#closeWord(next);
      if (part !== '') next = { ...next, partial: next.partial + part };
    });
    return next === state ? state : { ...next, pending: this.#partialScore(next.partial) };
  }

  score(state: FusionState): number {
    return state.committed + state.pending;
  }

  finalScore(state: FusionState): number {
    const closed = this.#closeWord(state);
    let { committed } = closed;
    if (!this.#boundaries) return committed;
    this.#judges.forEach(({ model, scratch }, i) => {
      committed += this.#factor * model.score(closed.contexts[i]!, model.wordId('</s>'), scratch);
    });
    return committed;
  }

  #closeWord(state: FusionState): FusionState {
    const { partial } = state;
    if (partial === '') return state;
    let { committed, contexts, hotwords } = state;
    if (this.#judges.length > 0) {
      committed += this.#beta;
      contexts = this.#judges.map(({ model, words }, i) => {
        const next = model.createState();
        const id = model.wordId(partial);
        let log10 = model.score(state.contexts[i]!, id, next);
        if (id === UNKNOWN_WORD || words?.has(partial) === false) log10 += this.#unknownPenalty;
        committed += this.#factor * log10;
        return next;
      });
    }
    if (this.#hotwords) {
      const { state: matched, earned } = this.#hotwords.advance(hotwords, partial);
      hotwords = matched;
      committed += earned;
    }
    return { contexts, hotwords, committed, partial: '', pending: 0 };
  }

  #partialScore(partial: string): number {
    if (partial === '') return 0;
    const hotword = this.#hotwords?.partial(partial) ?? 0;
    if (hotword !== 0) return hotword;
    let unlikely = 0;
    for (const { words } of this.#judges) if (words && !words.hasPrefix(partial)) unlikely++;
    if (unlikely === 0) return 0;
    const share = unlikely / this.#judges.length;
    return share * this.#unknownPenalty * Math.max(1, partial.length / EXPECTED_WORD_LENGTH);
  }
}

function modelList(models: LanguageModelScorerOptions['languageModel']): readonly NgramModel[] {
  if (models === undefined) return [];
  return isList(models) ? models : [models];
}

function isList(models: NgramModel | readonly NgramModel[]): models is readonly NgramModel[] {
  return Array.isArray(models);
}
