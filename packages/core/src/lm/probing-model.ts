import { AsrError } from '../errors.js';
import { bucketCount, ProbingTable } from './hash-tables.js';
import { murmurHash64 } from './murmur-hash.js';
import { NgramState, NO_EXTENSION, UNKNOWN_WORD, type NgramModel } from './ngram-model.js';
import { U64 } from './u64.js';

const VOCABULARY_ENTRY_BYTES = 12;
const UNIGRAM_BYTES = 8;
const MIDDLE_ENTRY_BYTES = 16;
const LONGEST_ENTRY_BYTES = 12;

interface TablePlace {
  readonly start: number;
  readonly buckets: number;
  readonly entryBytes: number;
}

/** Where the tables of a probing model lie, in KenLM's order. */
export interface ProbingLayout {
  readonly vocabulary: TablePlace;
  readonly unigrams: number;
  /** Word ids are below this. */
  readonly unigramCount: number;
  /** Tables of orders 2 to N. */
  readonly ngrams: readonly TablePlace[];
  readonly end: number;
}

/** Offsets of the tables for the given numbers of n-grams per order; the first lies at `start`. */
export function probingLayout(start: number, counts: readonly number[], multiplier: number): ProbingLayout {
  const words = counts[0] ?? 0;
  const vocabulary = {
    start: start + 8, // a version and the highest word id
    buckets: bucketCount(words, multiplier),
    entryBytes: VOCABULARY_ENTRY_BYTES,
  };
  const unigrams = vocabulary.start + vocabulary.buckets * VOCABULARY_ENTRY_BYTES;
  let end = unigrams + (words + 1) * UNIGRAM_BYTES;
  const ngrams = counts.slice(1).map((count, index) => {
    const longest = index + 2 === counts.length;
    const entryBytes = longest ? LONGEST_ENTRY_BYTES : MIDDLE_ENTRY_BYTES;
    const table = { start: end, buckets: bucketCount(count, multiplier), entryBytes };
    end += table.buckets * entryBytes;
    return table;
  });
  return { vocabulary, unigrams, unigramCount: words + 1, ngrams, end };
}

/** Key of an n-gram whose newest word is in front: `key` covers `w2 … wn`, `word` is `w1`. */
export function extendKey(key: U64, word: number, scratch: U64): void {
  key.multiply(0x7c9ba273, 0x3b63f585);
  scratch.set(0, word + 1);
  scratch.multiply(0xf8574e12, 0x21634907);
  key.xor(scratch.hi, scratch.lo);
}

/** What a {@link ProbingModel} looks its words up in. */
export class HashedVocabulary {
  readonly #view: DataView;
  readonly #table: ProbingTable;
  readonly #encoder = new TextEncoder();
  readonly #hash = new U64();
  readonly #scratch = new U64();
  #bytes = new Uint8Array(256);

  constructor(view: DataView, place: TablePlace) {
    this.#view = view;
    this.#table = new ProbingTable(view, place.start, place.buckets, place.entryBytes);
  }

  id(word: string): number {
    if (word.length * 3 > this.#bytes.length) this.#bytes = new Uint8Array(word.length * 6);
    const { written } = this.#encoder.encodeInto(word, this.#bytes);
    return this.idOfBytes(this.#bytes, 0, written);
  }

  /** Id of the word whose UTF-8 is `bytes[start, end)`. */
  idOfBytes(bytes: Uint8Array, start: number, end: number): number {
    murmurHash64(bytes, start, end, this.#hash, this.#scratch);
    const at = this.#table.find(this.#hash);
    return at < 0 ? UNKNOWN_WORD : this.#view.getUint32(at, true);
  }

  /** Enters a word. @returns false when it was there already. */
  add(bytes: Uint8Array, start: number, end: number, id: number): boolean {
    murmurHash64(bytes, start, end, this.#hash, this.#scratch);
    if (this.#table.find(this.#hash) >= 0) return false;
    this.#view.setUint32(this.#table.insert(this.#hash), id, true);
    return true;
  }
}

/**
 * KenLM's probing data structure (Heafield 2011, "KenLM: Faster and Smaller Language Model Queries"): one hash table
 * per order, keyed by 64-bit hashes of the word ids. It is read where it lies, without a second copy.
 */
export class ProbingModel implements NgramModel {
  readonly order: number;
  readonly byteLength: number;
  matchedLength = 0;
  readonly #view: DataView;
  readonly #unigrams: number;
  readonly #idLimit: number;
  readonly #tables: readonly ProbingTable[];
  readonly #vocabulary: HashedVocabulary;
  readonly #words: () => Iterable<string> | undefined;
  readonly #key = new U64();
  readonly #scratch = new U64();
  readonly #sentenceStart: number;

  constructor(view: DataView, layout: ProbingLayout, words: () => Iterable<string> | undefined) {
    this.#view = view;
    this.#unigrams = layout.unigrams;
    this.#idLimit = layout.unigramCount;
    this.#tables = layout.ngrams.map((t) => new ProbingTable(view, t.start, t.buckets, t.entryBytes));
    this.#vocabulary = new HashedVocabulary(view, layout.vocabulary);
    this.#words = words;
    this.order = layout.ngrams.length + 1;
    this.byteLength = view.byteLength;
    this.#sentenceStart = this.wordId('<s>');
  }

  wordId(word: string): number {
    const id = this.#vocabulary.id(word);
    if (id < this.#idLimit) return id;
    throw new AsrError(
      'MODEL_INVALID',
      `language model: word "${word}" has id ${id}, the table ends at ${this.#idLimit}; the file is damaged.`,
    );
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
    state.words[0] = this.#sentenceStart;
    state.backoffs[0] = this.#view.getFloat32(this.#unigrams + this.#sentenceStart * UNIGRAM_BYTES + 4, true);
    state.length = 1;
  }

  score(from: NgramState, word: number, to: NgramState): number {
    const view = this.#view;
    let at = this.#unigrams + word * UNIGRAM_BYTES;
    // The sign bit only says whether a longer n-gram ends with this one; probabilities are never positive.
    let logProb = -Math.abs(view.getFloat32(at, true));
    this.matchedLength = 1;
    to.length = 0;
    if (this.order > 1) this.#remember(to, 0, word, at + 4);
    this.#key.set(0, word);
    for (let i = 0; i < from.length; i++) {
      const older = from.words[i] as number;
      extendKey(this.#key, older, this.#scratch);
      at = (this.#tables[i] as ProbingTable).find(this.#key);
      if (at < 0) break;
      logProb = -Math.abs(view.getFloat32(at, true));
      this.matchedLength = i + 2;
      if (i + 2 < this.order) this.#remember(to, i + 1, older, at + 4);
    }
    for (let i = this.matchedLength - 1; i < from.length; i++) {
      logProb = Math.fround(logProb + (from.backoffs[i] as number));
    }
    return logProb;
  }

  /** Notes the next older word of the new context; it counts once an n-gram can still continue from it. */
  #remember(to: NgramState, index: number, word: number, backoffAt: number): void {
    to.words[index] = word;
    to.backoffs[index] = this.#view.getFloat32(backoffAt, true);
    if (this.#view.getUint32(backoffAt, true) !== NO_EXTENSION) to.length = index + 1;
  }
}
