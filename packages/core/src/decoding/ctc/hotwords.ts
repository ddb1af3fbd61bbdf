/** A word or phrase to listen for. */
export interface Hotword {
  readonly text: string;
  /** What one occurrence adds to a hypothesis, in nats. 4 to 12 is usual; negative weights push a word away. */
  readonly weight: number;
}

/** A place in the tree of phrases: the words that lead to it have been said. */
class PhraseNode {
  readonly words = new Map<string, PhraseNode>();
  /** Weight of the phrase that ends here; 0 when none does. */
  weight = 0;
  /** Share of the phrases through here that the words so far have earned, the largest. */
  progress = -Infinity;
  /** The same with the first letters of the next word, by those letters. */
  readonly partials = new Map<string, number>();
}

/** Where a hypothesis stands among the phrases: the nodes that its last words lead to. Immutable. */
export interface HotwordState {
  readonly nodes: readonly PhraseNode[];
  /** What begun phrases have earned for now; lost if they don't go on. */
  readonly progress: number;
}

const NOWHERE: HotwordState = { nodes: [], progress: 0 };

/**
 * Counts hotwords in a growing sequence of words. A single word counts when it is complete, a phrase when its last
 * word is; on the way, letters and words that can still become a hotword earn their share, which is lost if they don't.
 */
export class HotwordMatcher {
  readonly #root = new PhraseNode();
  /** Words of the longest phrase. */
  readonly longest: number;

  /** @throws TypeError for an empty text, RangeError for a weight that is no number. */
  constructor(hotwords: readonly Hotword[]) {
    const weights = new Map<string, number>();
    for (const { text, weight } of hotwords) {
      const phrase = text.trim().split(/\s+/).join(' ');
      if (phrase === '') throw new TypeError('hotwords: a text is empty');
      if (!Number.isFinite(weight)) throw new RangeError(`hotwords: weight ${weight} of "${text}"`);
      weights.set(phrase, (weights.get(phrase) ?? 0) + weight);
    }
    let longest = 1;
    for (const [phrase, weight] of weights) {
      const words = phrase.split(' ');
      longest = Math.max(longest, words.length);
      this.#enter(words, weight);
    }
    this.longest = longest;
  }

  start(): HotwordState {
    return NOWHERE;
  }

  /** State after a complete word, and what the word earned. */
  advance(state: HotwordState, word: string): { readonly state: HotwordState; readonly earned: number } {
    const nodes: PhraseNode[] = [];
    let earned = 0;
    let progress = -Infinity;
    const visit = (node: PhraseNode): void => {
      const child = node.words.get(word);
      if (!child) return;
      earned += child.weight;
      if (child.words.size === 0) return;
      nodes.push(child);
      progress = Math.max(progress, child.progress);
    };
    state.nodes.forEach(visit);
    visit(this.#root);
    return { state: nodes.length > 0 ? { nodes, progress } : NOWHERE, earned };
  }

  /**
   * Share of a hotword that an unfinished word has earned: its weight times the part of its letters that are there, and
   * of a phrase those of its words. The largest share counts; `undefined` when no hotword begins or goes on like this.
   */
  partial(state: HotwordState, word: string): number | undefined {
    let best = this.#root.partials.get(word);
    for (const { partials } of state.nodes) {
      const share = partials.get(word);
      if (share !== undefined && (best === undefined || share > best)) best = share;
    }
    return best;
  }

  #enter(words: readonly string[], weight: number): void {
    let node = this.#root;
    words.forEach((word, index) => {
      for (let length = 1; length <= word.length; length++) {
        const letters = word.slice(0, length);
        const share = (weight * (index + length / word.length)) / words.length;
        node.partials.set(letters, Math.max(node.partials.get(letters) ?? -Infinity, share));
      }
      let next = node.words.get(word);
      if (!next) node.words.set(word, (next = new PhraseNode()));
      node = next;
      node.progress = Math.max(node.progress, (weight * (index + 1)) / words.length);
    });
    node.weight = weight;
  }
}
