import type { Hotword } from '../../decoding/ctc/hotwords.js';
import type { LabelLexicon } from '../../lm/label-lexicon.js';
import type { NgramModel } from '../../lm/ngram-model.js';

/** How the confidence of words is derived. */
export interface CtcConfidence {
  /**
   * `max-prob`: the probability of the label where it peaks, scaled so that a guess among all labels is 0.
   * `entropy`: how far the distribution of the label's frames is from a guess (Tsallis entropy with α = 1/3,
   * exponentially normalised), after NeMo. It judges the frame, so with a language model it may be high for a word that
   * the model chose against the sound.
   *
   * Default `max-prob`.
   */
  readonly method?: 'max-prob' | 'entropy';
  /** From labels to a word. Default `min`: a word is as sure as its weakest label. */
  readonly aggregation?: 'min' | 'mean' | 'max' | 'product';
}

interface CommonCtcDecoding {
  readonly confidence?: CtcConfidence;
  /**
   * Seconds between two words that begin a new segment. Default 0.8: shorter pauses are within sentences. CTC models know
   * no sentences, so pauses are all there is.
   */
  readonly segmentPause?: number;
}

/** The likeliest label of every frame. Fast, and the default of CTC models. */
export interface CtcGreedyDecoding extends CommonCtcDecoding {
  /** The likeliest label of every frame: fast, deterministic, no context. */
  readonly type: 'ctc-greedy';
}

/** Prefix beam search, with language models and hotwords where they are given. */
export interface CtcBeamDecoding extends CommonCtcDecoding {
  /** A search over label sequences, with a language model and hotwords where given. */
  readonly type: 'ctc-beam';
  /** Prefixes kept after every frame, 1 to 10 000. Default 100: more rarely changes the text. */
  readonly beamWidth?: number;
  /** Labels below this log-probability are not tried in a frame. Default −5. */
  readonly minTokenLogProb?: number;
  /** Prefixes this far below the best are dropped, in nats. Default 10. */
  readonly maxScoreGap?: number;
  /** At most this many labels are tried per frame. Default: all that `minTokenLogProb` lets pass. */
  readonly maxTokens?: number;
  /**
   * Keep only the best of hypotheses that differ in words too far back for the language model to see. More of the beam is
   * left for what can still win, and the texts of `nBest` differ near their end only. Default false.
   */
  readonly pruneHistory?: boolean;
  /** Texts to return in `transcript.nBest`, best first; 1 to `beamWidth`. Default: none but the transcript itself. */
  readonly nBest?: number;

  /** A word n-gram model, or several whose log-probabilities are averaged. See `loadNgramModel`. */
  readonly languageModel?: NgramModel | readonly NgramModel[];
  /** Factor on the language model's natural log-probability. Default 0.6. */
  readonly alpha?: number;
  /** Added per word, in nats; makes up for the language model's preference for few words. Default 0.5. */
  readonly beta?: number;
  /** Added to the log10 probability of a word that the language model doesn't know. Default −10. */
  readonly unknownPenalty?: number;
  /** Whether the audio begins and ends a sentence for the language model; `start`: only begins one. Default true. */
  readonly sentenceBoundaries?: boolean | 'start';
  /** Words that count as known. Default: those of the language model, where its file holds them. */
  readonly unigrams?: readonly string[];
  /**
   * The only words to write, of a DeepSpeech scorer package (`loadDeepSpeechScorer`): for models with the labels that it was
   * made for. Default: any word.
   */
  readonly lexicon?: LabelLexicon;
  /** Words and phrases to listen for. Works without a language model too. */
  readonly hotwords?: readonly Hotword[];
  /**
   * Case in which words are looked up in the language model. `auto`: where the model's labels have letters of one case
   * only and the language model's words are of the other, they are converted; else they are left as they are.
   *
   * Default `auto`. The transcript keeps the labels' case.
   */
  readonly languageModelCase?: 'auto' | 'as-is' | 'lower' | 'upper';
}

/** Decoding options of CTC models. */
export type CtcDecoding = CtcGreedyDecoding | CtcBeamDecoding;
