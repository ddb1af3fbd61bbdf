import type { NgramModel } from '../../lm/ngram-model.js';
import { UNKNOWN_WORD } from '../../lm/ngram-model.js';

const UNASKED = -1;
const FIRST_LETTERS = 256;

/**
 * A set of words that is searched letter by letter: each letter narrows a range of the sorted list, so a beam search
 * pays for the new letters of a word only.
 */
export class WordList {
  /** UTF-16 code units of all words, sorted, one after the other: strings would be slower to search. */
  readonly #units: Uint16Array;
  /** Where each word begins in `#units`, and the end. */
  readonly #starts: Int32Array;
  /** Ranges by the first letter, for letters of one byte: `low` and `high` in turn. */
  readonly #firstLetters = new Int32Array(2 * FIRST_LETTERS).fill(UNASKED);
  readonly #ids = new WeakMap<NgramModel, Int32Array>();
  /** Result of {@link narrow}: the words in `[low, high)`; none when they are equal. */
  low = 0;
  high = 0;

  constructor(words: Iterable<string>) {
    const sorted = [...new Set(words)].sort();
    this.#starts = new Int32Array(sorted.length + 1);
    sorted.forEach((word, i) => (this.#starts[i + 1] = (this.#starts[i] as number) + word.length));
    this.#units = new Uint16Array(this.#starts[sorted.length] as number);
    let at = 0;
    for (const word of sorted) {
      for (let i = 0; i < word.length; i++) this.#units[at++] = word.charCodeAt(i);
    }
  }

  get size(): number {
    return this.#starts.length - 1;
  }

  /** Narrows `[low, high)`, whose words begin alike for `depth` letters, to those that go on with `letters`. */
  narrow(low: number, high: number, depth: number, letters: string): void {
    this.low = low;
    this.high = high;
    for (let i = 0; i < letters.length && this.low < this.high; i++) {
      const unit = letters.charCodeAt(i);
      if (depth + i === 0 && unit < FIRST_LETTERS) this.#narrowFirst(unit);
      else this.#narrowOne(depth + i, unit);
    }
  }

  /** Whether the word that led to the range `[low, high)` by `length` letters is itself in the list: the shortest is first. */
  isWord(low: number, high: number, length: number): boolean {
    return low < high && (this.#starts[low + 1] as number) - (this.#starts[low] as number) === length;
  }

  /** Id of the list's word `index` in a language model, looked up once. */
  idOf(index: number, model: NgramModel): number {
    let ids = this.#ids.get(model);
    if (!ids) {
      ids = new Int32Array(this.size).fill(UNASKED);
      this.#ids.set(model, ids);
    }
    const known = ids[index] as number;
    if (known !== UNASKED) return known;
    const units = this.#units.subarray(this.#starts[index], this.#starts[index + 1]);
    const id = model.wordId(String.fromCharCode(...units));
    ids[index] = id;
    return id;
  }

  #narrowFirst(unit: number): void {
    const ranges = this.#firstLetters;
    if (ranges[2 * unit] === UNASKED) {
      this.low = 0;
      this.high = this.size;
      this.#narrowOne(0, unit);
      ranges[2 * unit] = this.low;
      ranges[2 * unit + 1] = this.high;
    }
    this.low = ranges[2 * unit] as number;
    this.high = ranges[2 * unit + 1] as number;
  }

  #narrowOne(depth: number, unit: number): void {
    const end = this.high;
    this.low = this.#firstFrom(this.low, end, depth, unit);
    this.high = this.#firstFrom(this.low, end, depth, unit + 1);
  }

  /** First word of `[low, high)` whose code unit at `depth` is at least `unit`; the end of a word is before all others. */
  #firstFrom(low: number, high: number, depth: number, unit: number): number {
    const units = this.#units;
    const starts = this.#starts;
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const at = (starts[middle] as number) + depth;
      if (at >= (starts[middle + 1] as number) || (units[at] as number) < unit) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

const lists = new WeakMap<object, WordList>();

/**
 * The words that language models know: those of `unigrams`, or of all the models together. Sorted once for the same
 * objects; `undefined` where a model's file doesn't hold its words.
 */
export function knownWords(
  models: readonly NgramModel[],
  unigrams: Iterable<string> | undefined,
): WordList | undefined {
  if (unigrams) return typeof unigrams === 'string' ? new WordList(unigrams) : listOf(unigrams, unigrams);
  const [first] = models;
  if (!first) return undefined;
  if (models.length === 1) {
    const known = lists.get(first);
    if (known) return known;
    const words = first.words();
    return words && listOf(first, words);
  }
  const words: string[] = [];
  for (const model of models) {
    const own = model.words();
    if (!own) return undefined;
    for (const word of own) if (model.wordId(word) !== UNKNOWN_WORD) words.push(word);
  }
  return new WordList(words);
}

function listOf(owner: object, words: Iterable<string>): WordList {
  const known = lists.get(owner);
  if (known) return known;
  const list = new WordList(words);
  lists.set(owner, list);
  return list;
}
