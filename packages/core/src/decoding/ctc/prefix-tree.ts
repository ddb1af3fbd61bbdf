import type { PathEnding } from './path-ending.js';
import type { PrefixScorer } from './prefix-scorer.js';

const INITIAL_LIMIT = 4096;

/** What a beam search proposes: a sequence of labels, or the text that one or several sequences spell. */
export class Prefix<State> {
  readonly parent: Prefix<State> | undefined;
  /** Where the last finished word ended; letters since then are `partial`. Only in a tree of texts. */
  readonly base: Prefix<State>;
  readonly partial: string;
  /** By label; a prefix can be its own child (a second space). */
  readonly children = new Map<number, Prefix<State>>();
  /** By the letters behind this prefix, when it is a base. */
  forms: Map<string, Prefix<State>> | undefined;
  /** This prefix and a space. */
  closed: Prefix<State> | undefined;

  state: State | undefined;
  /** What the scorer gives for it. */
  value = 0;
  /** Whether `state` and `value` are set: not where only longer pieces passed through. */
  scored = false;

  /** Endings in the frame read last, as a list; a prefix outside of the beam has none. */
  endings: PathEnding<State> | undefined;
  /** The same for the frame at hand. */
  nextEndings: PathEnding<State> | undefined;
  /** Log-probability of all paths, and with `value`. */
  total = -Infinity;
  score = -Infinity;
  marked = false;

  constructor(parent: Prefix<State> | undefined, base: Prefix<State> | undefined, partial: string) {
    this.parent = parent;
    this.base = base ?? this;
    this.partial = partial;
  }
}

/**
 * Prefixes by the labels that lead to them. With `pieces`, labels that spell the same text lead to the same prefix:
 * `▁the` + `re` and `▁there`, one space and two.
 */
export class PrefixTree<State> {
  readonly root: Prefix<State>;
  readonly #scorer: PrefixScorer<State>;
  readonly #pieces: readonly (readonly string[])[] | undefined;
  readonly #delimiter: number;
  #all: Prefix<State>[] = [];
  #limit = INITIAL_LIMIT;

  /**
   * @param pieces Text of every label; absent for prefixes that are label sequences.
   * @param delimiter For label sequences: the label of which several, or one at the start, change nothing. −1 for none.
   */
  constructor(scorer: PrefixScorer<State>, pieces: readonly string[] | undefined, delimiter: number) {
    this.#scorer = scorer;
    this.#pieces = pieces && !spellUniquely(pieces) ? pieces.map((piece) => piece.split(' ')) : undefined;
    this.#delimiter = pieces ? pieces.indexOf(' ') : delimiter;
    this.root = this.#create(undefined, undefined, '');
    this.root.state = scorer.start();
    this.root.value = scorer.score(this.root.state);
    this.root.scored = true;
    if (!this.#pieces && this.#delimiter >= 0) this.root.children.set(this.#delimiter, this.root);
  }

  /** The prefix with one more label. */
  extend(prefix: Prefix<State>, label: number): Prefix<State> {
    const known = prefix.children.get(label);
    if (known) return known;
    const child = this.#pieces ? this.#spell(prefix, label, this.#pieces) : this.#append(prefix, label);
    prefix.children.set(label, child);
    if (!child.scored) {
      child.state = this.#scorer.extend(prefix.state as State, label);
      child.value = this.#scorer.score(child.state);
      child.scored = true;
    }
    return child;
  }

  /** What stands for the text of `prefix`, whether a space follows or not; the prefix itself for label sequences. */
  textOf(prefix: Prefix<State>): Prefix<State> {
    if (this.#pieces) return this.#close(prefix);
    return (this.#delimiter >= 0 && prefix.children.get(this.#delimiter)) || prefix;
  }

  /** Forgets prefixes that lead to none of `beam` once they are many. */
  collect(beam: readonly Prefix<State>[]): void {
    if (this.#all.length < this.#limit) return;
    this.root.marked = true;
    for (const prefix of beam) {
      for (let at: Prefix<State> | undefined = prefix; at && !at.marked; at = at.parent) at.marked = true;
    }
    const kept = this.#all.filter((prefix) => prefix.marked);
    for (const prefix of kept) {
      forgetUnmarked(prefix.children);
      if (prefix.forms) forgetUnmarked(prefix.forms);
      if (prefix.closed && !prefix.closed.marked) prefix.closed = undefined;
    }
    for (const prefix of kept) prefix.marked = false;
    this.#all = kept;
    this.#limit = Math.max(INITIAL_LIMIT, 2 * kept.length);
  }

  #append(prefix: Prefix<State>, label: number): Prefix<State> {
    const child = this.#create(prefix, prefix, '');
    if (label === this.#delimiter) child.children.set(label, child);
    return child;
  }

  #spell(prefix: Prefix<State>, label: number, pieces: readonly (readonly string[])[]): Prefix<State> {
    let at = prefix;
    (pieces[label] as readonly string[]).forEach((letters, i) => {
      if (i > 0) at = this.#close(at);
      if (letters === '') return;
      const { base } = at;
      const partial = at.partial + letters;
      base.forms ??= new Map();
      let next = base.forms.get(partial);
      if (!next) {
        next = this.#create(base, base, partial);
        base.forms.set(partial, next);
      }
      at = next;
    });
    return at;
  }

  #close(prefix: Prefix<State>): Prefix<State> {
    if (prefix.partial === '') return prefix;
    prefix.closed ??= this.#create(prefix, undefined, '');
    return prefix.closed;
  }

  #create(
    parent: Prefix<State> | undefined,
    base: Prefix<State> | undefined,
    partial: string,
  ): Prefix<State> {
    const prefix = new Prefix(parent, base, partial);
    this.#all.push(prefix);
    return prefix;
  }
}

/** Whether a text can only be spelled in one way: single characters, none twice. */
function spellUniquely(pieces: readonly string[]): boolean {
  const texts = pieces.filter((piece) => piece !== '');
  return texts.every((piece) => [...piece].length === 1) && new Set(texts).size === texts.length;
}

function forgetUnmarked<Key, State>(prefixes: Map<Key, Prefix<State>>): void {
  for (const [key, prefix] of prefixes) if (!prefix.marked) prefixes.delete(key);
}
