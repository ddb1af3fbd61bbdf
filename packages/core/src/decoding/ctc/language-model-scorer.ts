import type { NgramModel, NgramState } from '../../lm/ngram-model.js';
import { UNKNOWN_WORD } from '../../lm/ngram-model.js';
import { HotwordMatcher, type Hotword, type HotwordState } from './hotwords.js';
import type { PrefixScorer } from './prefix-scorer.js';
import type { CtcVocabulary } from './vocabulary.js';
import { WordList } from './word-list.js';

/** How a language model and hotwords weigh in a beam search. */
export interface LanguageModelScorerOptions {
  readonly languageModel?: NgramModel;
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

/** Value of a prefix. Immutable. */
interface FusionState {
  readonly context: NgramState | undefined;
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
  readonly #model: NgramModel | undefined;
  readonly #words: WordList | undefined;
  readonly #hotwords: HotwordMatcher | undefined;
  readonly #factor: number;
  readonly #beta: number;
  readonly #unknownPenalty: number;
  readonly #boundaries: boolean;
  readonly #scratch: NgramState | undefined;

  /** @throws RangeError for a weight that is no number. */
  constructor(vocabulary: CtcVocabulary, options: LanguageModelScorerOptions) {
    const { alpha = 0.5, beta = 1.5, unknownPenalty = -10, sentenceBoundaries = true } = options;
    for (const [name, value] of Object.entries({ alpha, beta, unknownPenalty })) {
      if (!Number.isFinite(value)) throw new RangeError(`${name} must be a number, found ${value}`);
    }
    this.#pieces = vocabulary.pieces.map((piece) => piece.split(' '));
    this.#model = options.languageModel;
    this.#factor = alpha * Math.LN10;
    this.#beta = this.#model ? beta : 0;
    this.#unknownPenalty = unknownPenalty;
    this.#boundaries = sentenceBoundaries;
    this.#scratch = this.#model?.createState();
    const words = options.unigrams ?? this.#model?.words();
    this.#words = words && this.#model ? new WordList(words) : undefined;
    this.#hotwords = options.hotwords?.length ? new HotwordMatcher(options.hotwords) : undefined;
  }

  start(): FusionState {
    const context = this.#model?.createState();
    if (context && this.#boundaries) this.#model?.beginSentence(context);
    return { context, hotwords: this.#hotwords?.start() ?? [], partial: '', committed: 0, pending: 0 };
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
    const { committed, context } = this.#closeWord(state);
    if (!this.#model || !this.#boundaries) return committed;
    const end = this.#model.score(
      context as NgramState,
      this.#model.wordId('</s>'),
      this.#scratch as NgramState,
    );
    return committed + this.#factor * end;
  }

  #closeWord(state: FusionState): FusionState {
    const { partial } = state;
    if (partial === '') return state;
    let { committed, context, hotwords } = state;
    if (this.#model) {
      const next = this.#model.createState();
      const id = this.#model.wordId(partial);
      let log10 = this.#model.score(context as NgramState, id, next);
      if (id === UNKNOWN_WORD || this.#words?.has(partial) === false) log10 += this.#unknownPenalty;
      committed += this.#factor * log10 + this.#beta;
      context = next;
    }
    if (this.#hotwords) {
      const { state: matched, earned } = this.#hotwords.advance(hotwords, partial);
      hotwords = matched;
      committed += earned;
    }
    return { context, hotwords, committed, partial: '', pending: 0 };
  }

  #partialScore(partial: string): number {
    if (partial === '') return 0;
    const hotword = this.#hotwords?.partial(partial) ?? 0;
    if (hotword !== 0) return hotword;
    if (!this.#words || this.#words.hasPrefix(partial)) return 0;
    return this.#unknownPenalty * Math.max(1, partial.length / EXPECTED_WORD_LENGTH);
  }
}
