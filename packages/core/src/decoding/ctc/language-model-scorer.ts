import { composeEscapes, hasEscapes, replaceEscapes, settledLength } from '../../text/byte-escapes.js';
import type { NgramModel, NgramState } from '../../lm/ngram-model.js';
import { UNKNOWN_WORD } from '../../lm/ngram-model.js';
import { HotwordMatcher, type Hotword, type HotwordState } from './hotwords.js';
import type { LabelLexicon } from '../../lm/label-lexicon.js';
import type { PrefixScorer } from './prefix-scorer.js';
import type { CtcVocabulary } from './vocabulary.js';
import { knownWords, type WordList } from './word-list.js';

export const DEFAULT_ALPHA = 0.6;
export const DEFAULT_BETA = 0.5;

/** How language models and hotwords weigh in a beam search. */
export interface LanguageModelScorerOptions {
  /** One model, or several whose log-probabilities are averaged (as in pyctcdecode). */
  readonly languageModel?: NgramModel | readonly NgramModel[];
  /**
   * Factor on the language model's natural log-probability. Default 0.6: the best on 60 recordings of `english-ctc` with
   * a trigram, and of 45 others 18.4 % words wrong instead of the 19.4 % of pyctcdecode's defaults (α 0.5, β 1.5). Both are worth
   * tuning for another model.
   */
  readonly alpha?: number;
  /** Added per word, which makes up for the language model's preference for few words. Default 0.5. */
  readonly beta?: number;
  /** Added to the log10 probability of a word outside of the vocabulary. Default −10. */
  readonly unknownPenalty?: number;
  /**
   * Whether the utterance begins and ends a sentence for the language model; `start`: it begins one that may go on
   * (DeepSpeech). Default true.
   */
  readonly sentenceBoundaries?: boolean | 'start';
  /**
   * What was said just before. The language model and phrases go on from there instead of from the beginning of a
   * sentence. Default: nothing.
   */
  readonly precedingText?: string;
  /**
   * Words that count as known. Default: those of the language models, where their files hold them. Without a list,
   * unfinished words are not judged.
   */
  readonly unigrams?: Iterable<string>;
  /**
   * The only words that may be spelled, as in DeepSpeech: anything else costs 1000 nats, so it is written where the frames
   * leave nothing else. Over single labels, not over what they spell: for vocabularies of characters. Default: any word.
   */
  readonly lexicon?: LabelLexicon;
  /** Words and phrases that are worth more than the language model says. Default: none. */
  readonly hotwords?: readonly Hotword[];
}

/** What a word outside of the lexicon costs, in nats: DeepSpeech's. Above it, a search could be left without any text. */
const OUTSIDE_LEXICON = -1000;

/** Usual length of a word; a longer unknown beginning is penalised in proportion. */
const EXPECTED_WORD_LENGTH = 6;

/** Value of the finished words of a prefix. Immutable. */
interface Context {
  /** One for each language model. */
  readonly models: readonly NgramState[];
  readonly hotwords: HotwordState | undefined;
  readonly worth: number;
  /** The last words, as many as may matter to what follows. */
  readonly recent: readonly string[];
}

/** Value of a prefix. Immutable, but for what it remembers. */
class FusionState {
  readonly context: Context;
  /** Letters of the unfinished word; bytes of an unfinished character at its end are escaped. */
  readonly partial: string;
  /** Known words that begin like this, as a range of the list. */
  readonly low: number;
  readonly high: number;
  /** State of the lexicon; −1 outside of it. */
  readonly spelling: number;
  /** The state once the word is finished, for all who ask. */
  closed: FusionState | undefined;

  constructor(context: Context, partial: string, low: number, high: number, spelling: number) {
    this.context = context;
    this.partial = partial;
    this.low = low;
    this.high = high;
    this.spelling = spelling;
  }
}

/**
 * Shallow fusion of word n-gram models and hotwords with a CTC beam search, with the formula of pyctcdecode: every
 * finished word adds α · ln P(word | context) + β. Differs where pyctcdecode errs: an utterance that ends without an
 * unfinished word isn't charged for an unknown one, and unfinished words are not penalised without a word list. Phrases
 * are hotwords as a whole, where pyctcdecode listens for each of their words.
 */
export class LanguageModelScorer implements PrefixScorer<FusionState> {
  readonly #pieces: readonly (readonly string[])[];
  /** Whether labels hold parts of characters. */
  readonly #bytes: boolean;
  readonly #models: readonly NgramModel[];
  readonly #sentenceEnds: readonly number[];
  readonly #words: WordList | undefined;
  /** Whether `#words` are all that the one model knows. */
  readonly #ownWords: boolean;
  readonly #hotwords: HotwordMatcher | undefined;
  /** α for natural logarithms, shared among the models. */
  readonly #factor: number;
  readonly #beta: number;
  readonly #unknownPenalty: number;
  readonly #boundaries: boolean | 'start';
  readonly #lexicon: LabelLexicon | undefined;
  /** Label of the space, for the end of a word that the lexicon knows; −1 without one. */
  readonly #delimiter: number;
  readonly #precedingWords: readonly string[];
  readonly #scratch: readonly NgramState[];
  /** Words that may matter to what follows; at least one, as in pyctcdecode. */
  readonly #memory: number;

  /** @throws RangeError for a weight that is no number, or a lexicon over other labels. */
  constructor(vocabulary: CtcVocabulary, options: LanguageModelScorerOptions) {
    const {
      alpha = DEFAULT_ALPHA,
      beta = DEFAULT_BETA,
      unknownPenalty = -10,
      sentenceBoundaries = true,
    } = options;
    for (const [name, value] of Object.entries({ alpha, beta, unknownPenalty })) {
      if (!Number.isFinite(value)) throw new RangeError(`${name} must be a number, found ${value}`);
    }
    const { languageModel: models = [] } = options;
    this.#pieces = vocabulary.pieces.map((piece) => piece.split(' '));
    this.#bytes = vocabulary.pieces.some(hasEscapes);
    this.#models = 'createState' in models ? [models] : models;
    this.#factor = this.#models.length > 0 ? (alpha * Math.LN10) / this.#models.length : 0;
    this.#beta = this.#models.length > 0 ? beta : 0;
    this.#unknownPenalty = unknownPenalty;
    this.#boundaries = sentenceBoundaries;
    this.#lexicon = options.lexicon;
    this.#delimiter = vocabulary.wordDelimiter ?? vocabulary.pieces.indexOf(' ');
    if (options.lexicon) checkLexicon(options.lexicon, vocabulary);
    this.#precedingWords = (options.precedingText ?? '').split(/\s+/).filter((word) => word !== '');
    this.#scratch = this.#models.map((model) => model.createState());
    this.#sentenceEnds = this.#models.map((model) => model.wordId('</s>'));
    this.#words = this.#models.length > 0 ? knownWords(this.#models, options.unigrams) : undefined;
    this.#ownWords = this.#words !== undefined && !options.unigrams && this.#models.length === 1;
    this.#hotwords = options.hotwords?.length ? new HotwordMatcher(options.hotwords) : undefined;
    const lengths = [2, this.#hotwords?.longest ?? 0, ...this.#models.map(({ order }) => order)];
    this.#memory = Math.max(...lengths) - 1;
  }

  start(): FusionState {
    const models = this.#models.map((model) => {
      const state = model.createState();
      if (this.#boundaries) model.beginSentence(state);
      return state;
    });
    let state = this.#begin({ models, hotwords: this.#hotwords?.start(), worth: 0, recent: [] });
    for (const word of this.#precedingWords) state = this.#close(this.#spell(state, word, undefined));
    return this.#begin({ ...state.context, worth: 0 });
  }

  extend(state: FusionState, token: number): FusionState {
    const parts = this.#pieces[token] as readonly string[];
    let next = state;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as string;
      if (i > 0) next = this.#close(next);
      if (part !== '') next = this.#spell(next, part, token);
    }
    return next;
  }

  score(state: FusionState): number {
    return state.context.worth + this.#pending(state);
  }

  finalScore(state: FusionState): number {
    const { models, worth } = this.#close(state).context;
    if (this.#boundaries !== true) return worth;
    let log10 = 0;
    for (let i = 0; i < this.#models.length; i++) {
      const end = this.#sentenceEnds[i] as number;
      log10 += (this.#models[i] as NgramModel).score(
        models[i] as NgramState,
        end,
        this.#scratch[i] as NgramState,
      );
    }
    return worth + this.#factor * log10;
  }

  history({ context, partial }: FusionState): string {
    return `${context.recent.join(' ')} ${partial}`;
  }

  /** A context without an unfinished word. */
  #begin(context: Context): FusionState {
    return new FusionState(context, '', 0, this.#words?.size ?? 0, this.#lexicon?.start ?? 0);
  }

  /** @param label Of the letters; absent for words that were said before and so need not be in the lexicon. */
  #spell(state: FusionState, letters: string, label: number | undefined): FusionState {
    const { context, partial, low, high, spelling } = state;
    const words = this.#words;
    const lexicon = label === undefined ? undefined : this.#lexicon;
    const spelled = lexicon && spelling >= 0 ? lexicon.next(spelling, label as number) : spelling;
    const text = this.#bytes ? composeEscapes(partial + letters) : partial + letters;
    if (!words) return new FusionState(context, text, 0, 0, spelled);
    // Words are looked for by whole characters.
    const known = this.#bytes ? settledLength(partial) : partial.length;
    words.narrow(low, high, known, this.#bytes ? text.slice(known, settledLength(text)) : letters);
    return new FusionState(context, text, words.low, words.high, spelled);
  }

  /** What the unfinished word and begun phrases add for now. */
  #pending({ context, partial, low, high, spelling }: FusionState): number {
    if (partial === '') return context.hotwords?.progress ?? 0;
    if (spelling < 0) return OUTSIDE_LEXICON;
    const letters = this.#bytes ? partial.slice(0, settledLength(partial)) : partial;
    const share = this.#hotwords?.partial(context.hotwords as HotwordState, letters);
    if (share !== undefined) return share;
    if (!this.#words || low < high) return 0;
    return this.#unknownPenalty * Math.max(1, partial.length / EXPECTED_WORD_LENGTH);
  }

  #close(state: FusionState): FusionState {
    if (state.partial === '') return state;
    state.closed ??= this.#begin(this.#finishWord(state));
    return state.closed;
  }

  #finishWord({ context, partial: letters, low, high, spelling }: FusionState): Context {
    const words = this.#words;
    const partial = this.#bytes ? replaceEscapes(letters) : letters;
    const known = partial === letters && (words?.isWord(low, high, partial.length) ?? false);
    let { worth, hotwords } = context;
    const models: NgramState[] = [];
    let log10 = 0;
    for (let i = 0; i < this.#models.length; i++) {
      const model = this.#models[i] as NgramModel;
      const id = known ? (words as WordList).idOf(low, model) : this.#unlistedId(partial, model);
      const next = model.createState();
      log10 += model.score(context.models[i] as NgramState, id, next);
      if (id === UNKNOWN_WORD || (words && !known)) log10 += this.#unknownPenalty;
      models.push(next);
    }
    worth += this.#factor * log10 + this.#beta;
    if (this.#lexicon && !endsWord(this.#lexicon, spelling, this.#delimiter)) worth += OUTSIDE_LEXICON;
    if (hotwords && this.#hotwords) {
      const { state, earned } = this.#hotwords.advance(hotwords, partial);
      hotwords = state;
      worth += earned;
    }
    const recent = [...context.recent, partial].slice(-this.#memory);
    return { models, hotwords, worth, recent };
  }

  /** Id of a word outside of the list: none when the list is the model's own. */
  #unlistedId(word: string, model: NgramModel): number {
    return this.#ownWords ? UNKNOWN_WORD : model.wordId(word);
  }
}

/** Whether a boundary may follow. */
function endsWord(lexicon: LabelLexicon, spelling: number, delimiter: number): boolean {
  return spelling >= 0 && lexicon.next(spelling, delimiter) === lexicon.start;
}

function checkLexicon({ labels }: LabelLexicon, { pieces, blank, wordDelimiter }: CtcVocabulary): void {
  const spelled = pieces.filter((_, id) => id !== blank && id !== wordDelimiter);
  if (
    wordDelimiter === undefined ||
    labels > pieces.length ||
    spelled.some((piece) => [...piece].length > 1)
  ) {
    throw new RangeError(
      `lexicon: it is over ${labels} labels, single characters and a space; this vocabulary has ${pieces.length}, ` +
        'which are not those',
    );
  }
}
