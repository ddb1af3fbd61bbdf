import { FrameEntropies } from '../../decoding/ctc/confidence.js';
import { timeWords, type TimedCtcWord } from '../../decoding/ctc/join-words.js';
import type { LogProbMatrix } from '../../decoding/ctc/log-probs.js';
import { mergeTexts, type CtcTextHypothesis } from '../../decoding/ctc/merge-texts.js';
import { groupWords, type CtcVocabulary } from '../../decoding/ctc/vocabulary.js';
import type { CtcDecodingPlan } from './decoding-plan.js';
import { createCtcSearch, type CtcSearch } from './search.js';
import { SilenceRun } from './silence-run.js';

/** What all utterances of a stream are decoded with. */
export interface UtteranceSetup {
  readonly vocabulary: CtcVocabulary;
  readonly plan: CtcDecodingPlan;
}

/** What an utterance under way reads. */
export interface Reading {
  readonly words: readonly TimedCtcWord[];
  /** How many of `words`, from the first on, can't change any more: all that could come of the search begins with them. */
  readonly confirmed: number;
}

/** One utterance of a stream: its search, and what is needed to tell where it ends. Frames count from its start. */
export class CtcUtterance {
  readonly #vocabulary: CtcVocabulary;
  readonly #search: CtcSearch;
  readonly #silence: SilenceRun;
  readonly entropies: FrameEntropies | undefined;
  #frames = 0;

  /** @param precedingText What the language model takes for said just before. */
  constructor({ vocabulary, plan }: UtteranceSetup, precedingText?: string) {
    this.#vocabulary = vocabulary;
    this.#search = createCtcSearch(plan, vocabulary, precedingText);
    this.#silence = new SilenceRun(vocabulary);
    this.entropies = plan.confidence.method === 'entropy' ? new FrameEntropies() : undefined;
  }

  /** Frames so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Where the silence began that lasts until now. */
  get silenceStart(): number {
    return this.#frames - this.#silence.frames;
  }

  /** Whether there was any sound; cheaper to ask for than words. */
  get heard(): boolean {
    return this.#silence.heard;
  }

  push(logProbs: LogProbMatrix): void {
    this.#frames += logProbs.frames;
    this.#search.push(logProbs);
    this.#silence.push(logProbs);
    this.entropies?.push(logProbs);
  }

  /** What it reads so far. */
  read(): Reading {
    const words = timeWords(groupWords(this.#search.best().tokens, this.#vocabulary), this.#vocabulary);
    return { words, confirmed: countConfirmed(words, this.#search.commonText()) };
  }

  /** What it reads if it ends here, best first; at least one text. */
  finish(): readonly CtcTextHypothesis[] {
    return mergeTexts(this.#search.finish(), this.#vocabulary);
  }
}

/** Words of `text` that are over: something follows, be it a space, so that no label can still be added to them. */
function countConfirmed(words: readonly TimedCtcWord[], common: string): number {
  let text = '';
  let count = 0;
  for (const { text: word, glued } of words) {
    text += glued || count === 0 ? word : ` ${word}`;
    if (text.length >= common.length || !common.startsWith(text)) break;
    count++;
  }
  return count;
}
