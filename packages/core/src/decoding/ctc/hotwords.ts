/** A word or phrase to listen for. */
export interface Hotword {
  /** A word or several, separated by spaces, in the spelling of the vocabulary. */
  readonly text: string;
  /** What one occurrence adds to a hypothesis, in nats. 4 to 12 is usual; negative weights push a word away. */
  readonly weight: number;
}

interface PhraseNode {
  readonly words: Map<string, PhraseNode>;
  /** Weight of the phrase that ends here; 0 when none does. */
  weight: number;
}

/** Where a hypothesis stands among the phrases: the nodes that its last words lead to. */
export type HotwordState = readonly PhraseNode[];

/**
 * Counts hotwords in a growing sequence of words. A single word counts when it is complete, a phrase when its last
 * word is; on the way, letters and words that can still become a hotword earn their share, which is lost if they don't.
 */
export class HotwordMatcher {
  readonly #root: PhraseNode = { words: new Map(), weight: 0 };
  /** First words of phrases, sorted, for prefixes. */
  readonly #words: readonly { readonly text: string; readonly share: number }[];

  /** @throws TypeError for an empty text, RangeError for a weight that is no number. */
  constructor(hotwords: readonly Hotword[]) {
    const shares = new Map<string, number>();
    for (const { text, weight } of hotwords) {
      const words = text.trim().split(/\s+/);
      if (words[0] === '' || words[0] === undefined) throw new TypeError('hotwords: a text is empty');
      if (!Number.isFinite(weight)) throw new RangeError(`hotwords: weight ${weight} of "${text}"`);
      let node = this.#root;
      for (const word of words) {
        const next = node.words.get(word) ?? { words: new Map<string, PhraseNode>(), weight: 0 };
        node.words.set(word, next);
        node = next;
      }
      node.weight += weight;
      shares.set(words[0], Math.max(shares.get(words[0]) ?? -Infinity, weight / words.length));
    }
    this.#words = [...shares]
      .map(([text, share]) => ({ text, share }))
      .sort((a, b) => (a.text < b.text ? -1 : 1));
  }

  start(): HotwordState {
    return [];
  }

  /** State after a complete word, and what the word earned. */
  advance(state: HotwordState, word: string): { readonly state: HotwordState; readonly earned: number } {
    const next: PhraseNode[] = [];
    let earned = 0;
    for (const node of [...state, this.#root]) {
      const child = node.words.get(word);
      if (!child) continue;
      earned += child.weight;
      if (child.words.size > 0) next.push(child);
    }
    return { state: next, earned };
  }

  /**
   * Share of a hotword that an unfinished word has earned: its weight times the part of its letters that are there
   * (of the shortest hotword that fits). 0 when none begins like this.
   */
  partial(word: string): number {
    if (word === '') return 0;
    let best: { readonly text: string; readonly share: number } | undefined;
    for (const candidate of this.#words) {
      if (!candidate.text.startsWith(word)) continue;
      if (!best || candidate.text.length < best.text.length) best = candidate;
    }
    return best ? (best.share * word.length) / best.text.length : 0;
  }
}
