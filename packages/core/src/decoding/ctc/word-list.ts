import type { NgramModel } from '../../lm/ngram-model.js';
import { UNKNOWN_WORD } from '../../lm/ngram-model.js';

const UNASKED = -1;

/**
 * A set of words that is searched letter by letter: each letter narrows a range of the sorted list, so a beam search
 * pays for the new letters of a word only.
 */
export class WordList {
  readonly #words: readonly string[];
  readonly #ids = new WeakMap<NgramModel, Int32Array>();
  /** Result of {@link narrow}: the words in `[low, high)`; none when they are equal. */
  low = 0;
  high = 0;

  constructor(words: Iterable<string>) {
    this.#words = [...new Set(words)].sort();
  }

  get size(): number {
    return this.#words.length;
  }

  /** Narrows `[low, high)`, whose words begin alike for `depth` letters, to those that go on with `letters`. */
  narrow(low: number, high: number, depth: number, letters: string): void {
    this.low = low;
    this.high = high;
    for (let i = 0; i < letters.length && this.low < this.high; i++) {
      const unit = letters.charCodeAt(i);
      const end = this.high;
      this.low = this.#firstFrom(this.low, end, depth + i, unit);
      this.high = this.#firstFrom(this.low, end, depth + i, unit + 1);
    }
  }

  /** Whether the word that led to the range `[low, high)` by `length` letters is itself in the list: the shortest is first. */
  isWord(low: number, high: number, length: number): boolean {
    return low < high && (this.#words[low] as string).length === length;
  }

  /** Id of the list's word `index` in a language model, looked up once. */
  idOf(index: number, model: NgramModel): number {
    let ids = this.#ids.get(model);
    if (!ids) {
      ids = new Int32Array(this.#words.length).fill(UNASKED);
      this.#ids.set(model, ids);
    }
    const known = ids[index] as number;
    if (known !== UNASKED) return known;
    const id = model.wordId(this.#words[index] as string);
    ids[index] = id;
    return id;
  }

  /** First word of `[low, high)` whose code unit at `depth` is at least `unit`; the end of a word is before all others. */
  #firstFrom(low: number, high: number, depth: number, unit: number): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const word = this.#words[middle] as string;
      if (depth >= word.length || word.charCodeAt(depth) < unit) from = middle + 1;
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
