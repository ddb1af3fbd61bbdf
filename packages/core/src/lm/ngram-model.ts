/** Word id of anything outside the vocabulary. */
export const UNKNOWN_WORD = 0;

/**
 * The context of the next word: at most `order − 1` word ids, the newest first, shortened to what can still matter
 * (a word that no longer n-gram continues is dropped). Two hypotheses with equal states have equal futures.
 */
export class NgramState {
  /** Ids of the words before, the latest first; the first `length` count. */
  readonly words: Int32Array;
  /** Log10 backoff weight of the context of length `i + 1`. */
  readonly backoffs: Float32Array;
  /** Number of words of context, 0 … order − 1. */
  length = 0;

  /** @param order Longest n-gram length of the model. */
  constructor(order: number) {
    this.words = new Int32Array(order - 1);
    this.backoffs = new Float32Array(order - 1);
  }

  /** Takes over the context of `other`, a state of the same model. */
  copyFrom(other: NgramState): void {
    this.length = other.length;
    this.words.set(other.words);
    this.backoffs.set(other.backoffs);
  }

  /** Whether both hold the same words. Their backoffs are then the same too. */
  equals(other: NgramState): boolean {
    if (this.length !== other.length) return false;
    for (let i = 0; i < this.length; i++) if (this.words[i] !== other.words[i]) return false;
    return true;
  }

  /** Same for equal states; for use as a map key. */
  key(): string {
    return this.words.subarray(0, this.length).join(' ');
  }
}

/**
 * A backoff n-gram language model over words, with the semantics of KenLM: the longest matching n-gram's log10
 * probability plus the backoff weights of the longer contexts that did not match. Queries allocate nothing.
 */
export interface NgramModel {
  /** Longest n-gram length. */
  readonly order: number;
  /** Bytes that the tables take in memory. */
  readonly byteLength: number;
  /** Id of a word; {@link UNKNOWN_WORD} when the vocabulary lacks it. */
  wordId(word: string): number;
  /** The vocabulary, or `undefined` when the file doesn't hold its words. */
  words(): Iterable<string> | undefined;
  /** An empty context. */
  createState(): NgramState;
  /** Makes `state` the context after `<s>`. */
  beginSentence(state: NgramState): void;
  /**
   * Log10 probability of `word` after `from`; the context after it is written to `to` (another object).
   * `matchedLength` then says how long the n-gram was that matched.
   */
  score(from: NgramState, word: number, to: NgramState): number;
  /** Length of the n-gram that the last `score` matched: 1 … `order`. */
  readonly matchedLength: number;
}

/** Bits of a backoff of −0.0, with which KenLM marks an n-gram that no longer one continues. */
export const NO_EXTENSION = 0x80000000;
