/**
 * A set of words that also answers whether any word begins with given letters, by narrowing a range of the sorted
 * list letter by letter.
 */
export class WordList {
  readonly #words: readonly string[];

  constructor(words: Iterable<string>) {
    this.#words = [...new Set(words)].sort();
  }

  get size(): number {
    return this.#words.length;
  }

  has(word: string): boolean {
    return this.#words[this.#lowerBound(word)] === word;
  }

  /** Whether a word begins with `prefix` (or is it). */
  hasPrefix(prefix: string): boolean {
    return this.#words[this.#lowerBound(prefix)]?.startsWith(prefix) ?? false;
  }

  /** Index of the first word that is not in front of `text` by UTF-16 code units, the order of `sort()`. */
  #lowerBound(text: string): number {
    let low = 0;
    let high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#words[middle] as string) < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
