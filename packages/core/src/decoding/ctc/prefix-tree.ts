import { composeEscapes, hasEscapes } from '../../text/byte-escapes.js';
import type { PathEnding } from './path-ending.js';
import type { PrefixScorer } from './prefix-scorer.js';

/** Prefixes made between two collections; few, so that their objects are soon used again. */
const INITIAL_LIMIT = 1024;
/** Children above this number are found by a map. */
const MAX_LISTED = 16;

/** What a beam search proposes: a sequence of labels, or the text that one or several sequences spell. */
export class Prefix<State> {
  parent: Prefix<State> | undefined;
  label = -1;
  firstChild: Prefix<State> | undefined;
  /** Next child of the same parent. */
  sibling: Prefix<State> | undefined;
  childCount = 0;
  index: Map<number, Prefix<State>> | undefined;
  /** Its place among texts; only in a tree of texts. */
  spelling: Spelling<State> | undefined;

  state: State | undefined;
  /** What the scorer gives for it. */
  value = 0.5;
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
}

/** Ways on from a text. */
class Spelling<State> {
  /** Where the last finished word ended; letters since then are `partial`. */
  readonly base: Prefix<State>;
  readonly partial: string;
  /** By label; a prefix can lead to itself (a second space). */
  readonly edges = new Map<number, Prefix<State>>();
  /** By the letters behind this text, when it is a base. */
  readonly forms = new Map<string, Prefix<State>>();
  /** This text and a space. */
  closed: Prefix<State> | undefined;

  constructor(base: Prefix<State>, partial: string) {
    this.base = base;
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
  /** Text of every label, also where label sequences are prefixes. */
  readonly #texts: readonly string[] | undefined;
  #all: Prefix<State>[] = [];
  readonly #free: Prefix<State>[] = [];
  #limit = INITIAL_LIMIT;

  /**
   * @param pieces Text of every label; absent for prefixes that are label sequences.
   * @param delimiter For label sequences: the label of which several, or one at the start, change nothing. −1 for none.
   */
  constructor(scorer: PrefixScorer<State>, pieces: readonly string[] | undefined, delimiter: number) {
    this.#scorer = scorer;
    this.#texts = pieces;
    // Where a text can be spelled in one way only, label sequences are as good as texts, and faster.
    this.#pieces = pieces && !spellUniquely(pieces) ? pieces.map((piece) => piece.split(' ')) : undefined;
    this.#delimiter = pieces ? pieces.indexOf(' ') : delimiter;
    this.root = this.#create(undefined, -1);
    if (this.#pieces) this.root.spelling = new Spelling(this.root, '');
    this.root.state = scorer.start();
    this.root.value = scorer.score(this.root.state);
    this.root.scored = true;
  }

  /** The prefix with one more label. */
  extend(prefix: Prefix<State>, label: number): Prefix<State> {
    if (this.#pieces) return this.#spell(prefix, label, this.#pieces);
    if (label === this.#delimiter && (prefix.label === label || prefix === this.root)) return prefix;
    const known = childOf(prefix, label);
    if (known) return known;
    const child = this.#create(prefix, label);
    link(prefix, child);
    return this.#evaluate(child, prefix, label);
  }

  /** What stands for the text of `prefix`, whether a space follows or not; the prefix itself for label sequences. */
  textOf(prefix: Prefix<State>): Prefix<State> {
    if (this.#pieces) return this.#close(prefix);
    return prefix.label === this.#delimiter && prefix.parent ? prefix.parent : prefix;
  }

  /**
   * The text that all of `prefixes` begin with, and all that grow from them will; a space at its end where its last word
   * is over in all of them.
   *
   * @throws RangeError for a tree that knows no texts.
   */
  commonText(prefixes: readonly [Prefix<State>, ...Prefix<State>[]]): string {
    const trunk = commonAncestor(prefixes);
    const [first, ...others] = prefixes.map((prefix) => this.#textBetween(trunk, prefix));
    return this.#textBetween(this.root, trunk) + others.reduce(commonStart, first!);
  }

  /** Forgets prefixes that lead to none of `beam` once they are many, and reuses their objects. */
  collect(beam: readonly Prefix<State>[]): void {
    if (this.#all.length < this.#limit) return;
    this.root.marked = true;
    for (const prefix of beam) {
      for (let at: Prefix<State> | undefined = prefix; at && !at.marked; at = at.parent) at.marked = true;
    }
    const kept: Prefix<State>[] = [];
    for (const prefix of this.#all) {
      if (prefix.marked) {
        kept.push(prefix);
        if (this.#pieces) forgetUnmarked(prefix.spelling as Spelling<State>);
        prefix.firstChild = undefined;
        prefix.index = undefined;
        prefix.childCount = 0;
      } else {
        release(prefix);
        this.#free.push(prefix);
      }
    }
    for (const prefix of kept) {
      prefix.marked = false;
      if (prefix.parent && !this.#pieces) link(prefix.parent, prefix);
    }
    this.#all = kept;
    this.#limit = Math.max(INITIAL_LIMIT, 2 * kept.length);
  }

  #textBetween(ancestor: Prefix<State>, prefix: Prefix<State>): string {
    const parts: string[] = [];
    for (let at = prefix; at !== ancestor; at = at.parent as Prefix<State>) parts.push(this.#ownText(at));
    return parts.toReversed().join('');
  }

  /** What a prefix adds to the one it grew from. */
  #ownText({ spelling, label }: Prefix<State>): string {
    if (spelling) return spelling.partial === '' ? ' ' : spelling.partial;
    if (!this.#texts) throw new RangeError('texts need a vocabulary; the search was made without one.');
    return this.#texts[label] as string;
  }

  #spell(prefix: Prefix<State>, label: number, pieces: readonly (readonly string[])[]): Prefix<State> {
    const { edges } = prefix.spelling as Spelling<State>;
    const known = edges.get(label);
    if (known) return known;
    let at = prefix;
    (pieces[label] as readonly string[]).forEach((letters, i) => {
      if (i > 0) at = this.#close(at);
      if (letters !== '') at = this.#addLetters(at.spelling as Spelling<State>, letters);
    });
    edges.set(label, at);
    return at.scored ? at : this.#evaluate(at, prefix, label);
  }

  #addLetters({ base, partial }: Spelling<State>, letters: string): Prefix<State> {
    const { forms } = base.spelling as Spelling<State>;
    const text = composeEscapes(partial + letters);
    const known = forms.get(text);
    if (known) return known;
    const prefix = this.#create(base, -1);
    prefix.spelling = new Spelling(base, text);
    forms.set(text, prefix);
    return prefix;
  }

  #close(prefix: Prefix<State>): Prefix<State> {
    const spelling = prefix.spelling as Spelling<State>;
    if (spelling.partial === '') return prefix;
    if (!spelling.closed) {
      spelling.closed = this.#create(prefix, -1);
      spelling.closed.spelling = new Spelling(spelling.closed, '');
    }
    return spelling.closed;
  }

  #evaluate(prefix: Prefix<State>, from: Prefix<State>, label: number): Prefix<State> {
    prefix.state = this.#scorer.extend(from.state as State, label);
    prefix.value = this.#scorer.score(prefix.state);
    prefix.scored = true;
    return prefix;
  }

  #create(parent: Prefix<State> | undefined, label: number): Prefix<State> {
    const prefix = this.#free.pop() ?? new Prefix<State>();
    prefix.parent = parent;
    prefix.label = label;
    this.#all.push(prefix);
    return prefix;
  }
}

/**
 * Whether a text can be spelled in one way only. So it is when no piece begins another, as with characters; a lone space
 * is not looked at, the tree takes care of it.
 */
function spellUniquely(pieces: readonly string[]): boolean {
  const sorted = pieces.filter((piece) => piece !== '' && piece !== ' ').sort();
  if (pieces.filter((piece) => piece === '').length > 1 || pieces.indexOf(' ') !== pieces.lastIndexOf(' ')) {
    return false;
  }
  if (pieces.some(hasEscapes)) return false;
  return sorted.every((piece, i) => !piece.includes(' ') && !(sorted[i + 1] ?? '').startsWith(piece));
}

/** The longest prefix that all others grew from, or are. */
function commonAncestor<State>([first, ...others]: readonly [
  Prefix<State>,
  ...Prefix<State>[],
]): Prefix<State> {
  for (let at: Prefix<State> | undefined = first; at; at = at.parent) at.marked = true;
  let common = first;
  for (const other of others) {
    let meeting = other;
    while (!meeting.marked) meeting = meeting.parent as Prefix<State>;
    for (; common !== meeting; common = common.parent as Prefix<State>) common.marked = false;
  }
  for (let at: Prefix<State> | undefined = common; at; at = at.parent) at.marked = false;
  return common;
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

function childOf<State>(prefix: Prefix<State>, label: number): Prefix<State> | undefined {
  if (prefix.index) return prefix.index.get(label);
  for (let child = prefix.firstChild; child; child = child.sibling) if (child.label === label) return child;
  return undefined;
}

function link<State>(prefix: Prefix<State>, child: Prefix<State>): void {
  child.sibling = prefix.firstChild;
  prefix.firstChild = child;
  if (++prefix.childCount <= MAX_LISTED) return;
  if (prefix.index) {
    prefix.index.set(child.label, child);
    return;
  }
  prefix.index = new Map();
  for (let at: Prefix<State> | undefined = child; at; at = at.sibling) prefix.index.set(at.label, at);
}

function forgetUnmarked<State>(spelling: Spelling<State>): void {
  for (const [label, to] of spelling.edges) if (!to.marked) spelling.edges.delete(label);
  for (const [text, to] of spelling.forms) if (!to.marked) spelling.forms.delete(text);
  if (spelling.closed && !spelling.closed.marked) spelling.closed = undefined;
}

function release<State>(prefix: Prefix<State>): void {
  prefix.parent = prefix.firstChild = prefix.sibling = prefix.index = prefix.spelling = undefined;
  prefix.childCount = 0;
  prefix.state = undefined;
  prefix.scored = false;
  prefix.endings = prefix.nextEndings = undefined;
}
