import type { KenlmHeader } from './kenlm-binary.js';
import { murmurHash64 } from './murmur-hash.js';
import { NgramState, NO_EXTENSION, UNKNOWN_WORD, type NgramModel } from './ngram-model.js';
import {
  inlinePointers,
  PLAIN_VALUES,
  steppedPointers,
  TrieEntry,
  TrieLevel,
  u64,
  type ValueCoding,
} from './trie-levels.js';
import { U64 } from './u64.js';

const UNIGRAM_BYTES = 16;

/** Tables of a trie binary in the order they lie in the file. */
interface TrieParts {
  readonly hashes: number;
  readonly hashCount: number;
  readonly unigrams: number;
  readonly levels: readonly TrieLevel[];
  readonly bigrams: number;
}

/**
 * Lays out a KenLM trie (types 2 to 5: plain, quantised, with stepped pointers, both).
 *
 * @returns The byte behind the last table (check it against the file before calling `model`), and the model.
 */
export function openTrie(
  view: DataView,
  header: KenlmHeader,
  words: (from: number) => Iterable<string> | undefined,
): { readonly end: number; readonly model: () => NgramModel } {
  const { counts, order } = header;
  const vocabulary = counts[0] ?? 0;
  const hashes = header.end + 8;
  let at = hashes + 8 * vocabulary;
  const quantised = header.type === 3 || header.type === 5;
  const stepped = header.type >= 4;
  const inFile = (bytes: number): boolean => at + bytes <= view.byteLength;
  let coding: (order: number) => ValueCoding = () => PLAIN_VALUES;
  if (quantised && inFile(8)) {
    const tables = quantisationTables(view, at, order);
    coding = tables.coding;
    at = tables.end;
  }
  const unigrams = at;
  at += (vocabulary + 2) * UNIGRAM_BYTES;
  // Only the first level's header holds the setting of `-a`; all levels share it.
  const maxChop = stepped && inFile(16) ? view.getUint8(Math.ceil(at / 8) * 8 + 1) : 0;
  const levels: TrieLevel[] = [];
  for (let n = 2; n <= order && at <= view.byteLength; n++) {
    const entries = counts[n - 1] ?? 0;
    const maxNext = counts[n] ?? 0;
    const pointers = stepped ? steppedPointers(at, entries, maxNext, maxChop) : inlinePointers(maxNext);
    const next = n < order ? pointers : undefined;
    const level = new TrieLevel(view, at, entries, vocabulary, coding(n), maxNext, next);
    levels.push(level);
    at = level.byteEnd;
  }
  const end = at;
  return {
    end,
    model: () => {
      const hashCount = Math.min(u64(view, header.end), vocabulary);
      return new TrieModel(view, { hashes, hashCount, unigrams, levels, bigrams: counts[1] ?? 0 }, () =>
        words(end),
      );
    },
  };
}

function quantisationTables(
  view: DataView,
  start: number,
  order: number,
): { readonly coding: (order: number) => ValueCoding; readonly end: number } {
  const probBits = view.getUint8(start + 1);
  const backoffBits = view.getUint8(start + 2);
  const probBytes = 4 * 2 ** probBits;
  const middleBytes = probBytes + 4 * 2 ** backoffBits;
  const tables = start + 8;
  return {
    coding: (n) => {
      const probs = tables + (n - 2) * middleBytes;
      return { probBits, backoffBits, tables: { probs, backoffs: probs + probBytes } };
    },
    end: tables + (order - 2) * middleBytes + probBytes,
  };
}

/**
 * KenLM's trie (Heafield 2011): n-grams as paths from the newest word to the oldest, bit-packed. Slower than the
 * probing tables and about a quarter of their size. It is read where it lies.
 */
class TrieModel implements NgramModel {
  readonly order: number;
  readonly byteLength: number;
  matchedLength = 0;
  readonly #view: DataView;
  readonly #parts: TrieParts;
  readonly #words: () => Iterable<string> | undefined;
  readonly #entry = new TrieEntry();
  readonly #encoder = new TextEncoder();
  readonly #hash = new U64();
  readonly #scratch = new U64();
  #bytes = new Uint8Array(256);
  readonly #sentenceStart: number;

  constructor(view: DataView, parts: TrieParts, words: () => Iterable<string> | undefined) {
    this.#view = view;
    this.#parts = parts;
    this.#words = words;
    this.order = parts.levels.length + 1;
    this.byteLength = view.byteLength;
    this.#sentenceStart = this.wordId('<s>');
  }

  /** Binary search in the sorted hashes of the vocabulary; a word's id is its rank, from 1. */
  wordId(word: string): number {
    if (word.length * 3 > this.#bytes.length) this.#bytes = new Uint8Array(word.length * 6);
    const { written } = this.#encoder.encodeInto(word, this.#bytes);
    murmurHash64(this.#bytes, 0, written, this.#hash, this.#scratch);
    const { hi, lo } = this.#hash;
    let low = 0;
    let high = this.#parts.hashCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#parts.hashes + 8 * middle;
      const foundHi = this.#view.getUint32(at + 4, true);
      const foundLo = this.#view.getUint32(at, true);
      if (foundHi === hi && foundLo === lo) return middle + 1;
      if (foundHi < hi || (foundHi === hi && foundLo < lo)) low = middle + 1;
      else high = middle;
    }
    return UNKNOWN_WORD;
  }

  words(): Iterable<string> | undefined {
    return this.#words();
  }

  createState(): NgramState {
    return new NgramState(this.order);
  }

  beginSentence(state: NgramState): void {
    state.length = 0;
    if (this.#sentenceStart === UNKNOWN_WORD || this.order < 2) return;
    this.#unigram(this.#sentenceStart);
    state.words[0] = this.#sentenceStart;
    state.backoffs[0] = this.#entry.backoff;
    state.length = 1;
  }

  score(from: NgramState, word: number, to: NgramState): number {
    const entry = this.#entry;
    const levels = this.#parts.levels;
    this.#unigram(word);
    let logProb = entry.logProb;
    this.matchedLength = 1;
    to.length = 0;
    if (this.order > 1) this.#remember(to, 0, word);
    for (let i = 0; i < from.length; i++) {
      const older = from.words[i] as number;
      if (!(levels[i] as TrieLevel).find(older, entry.first, entry.end, entry)) break;
      logProb = entry.logProb;
      this.matchedLength = i + 2;
      if (i + 2 < this.order) this.#remember(to, i + 1, older);
    }
    for (let i = this.matchedLength - 1; i < from.length; i++) {
      logProb = Math.fround(logProb + (from.backoffs[i] as number));
    }
    return logProb;
  }

  #unigram(word: number): void {
    const view = this.#view;
    const entry = this.#entry;
    const at = this.#parts.unigrams + word * UNIGRAM_BYTES;
    entry.logProb = -Math.abs(view.getFloat32(at, true));
    entry.backoff = view.getFloat32(at + 4, true);
    entry.extends = view.getUint32(at + 4, true) !== NO_EXTENSION;
    entry.first = u64(view, at + 8);
    entry.end = Math.min(u64(view, at + UNIGRAM_BYTES + 8), this.#parts.bigrams);
  }

  #remember(to: NgramState, index: number, word: number): void {
    to.words[index] = word;
    to.backoffs[index] = this.#entry.backoff;
    if (this.#entry.extends) to.length = index + 1;
  }
}
