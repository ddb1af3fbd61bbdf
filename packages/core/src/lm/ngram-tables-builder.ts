import type { FieldLine } from './arpa-lines.js';
import { ProbingTable } from './hash-tables.js';
import { NO_EXTENSION, UNKNOWN_WORD } from './ngram-model.js';
import {
  extendKey,
  HashedVocabulary,
  ProbingModel,
  probingLayout,
  type ProbingLayout,
} from './probing-model.js';
import { U64 } from './u64.js';

/** KenLM's default: half as many buckets again as entries. */
const MULTIPLIER = 1.5;
const UNIGRAM_BYTES = 8;
/** What KenLM gives `<unk>` when the file has none. */
const MISSING_UNKNOWN = -100;

/** Fills KenLM's probing tables with the n-grams of an ARPA file, in the order of the file: shorter ones first. */
export class NgramTablesBuilder {
  readonly #counts: readonly number[];
  readonly #layout: ProbingLayout;
  readonly #view: DataView;
  readonly #vocabulary: HashedVocabulary;
  readonly #tables: readonly ProbingTable[];
  readonly #key = new U64();
  readonly #scratch = new U64();
  /** Word ids of the n-gram at hand, oldest first. */
  readonly #ngram: Int32Array;
  #words = new Uint8Array(1 << 16);
  #wordBytes = 0;
  #nextId = 1;
  #hasUnknown = false;

  /** @throws RangeError when the tables don't fit into memory. */
  constructor(counts: readonly number[]) {
    this.#counts = counts;
    // Ids run from 0 for <unk>, which the file may or may not count.
    this.#layout = probingLayout(0, [(counts[0] ?? 0) + 1, ...counts.slice(1)], MULTIPLIER);
    this.#view = new DataView(new ArrayBuffer(this.#layout.end));
    this.#vocabulary = new HashedVocabulary(this.#view, this.#layout.vocabulary);
    this.#tables = this.#layout.ngrams.map(
      (t) => new ProbingTable(this.#view, t.start, t.buckets, t.entryBytes),
    );
    this.#ngram = new Int32Array(counts.length);
    this.#setUnigram(UNKNOWN_WORD, MISSING_UNKNOWN, undefined);
    // KenLM keeps a missing <unk> as a context of its own; so do we, for equal states.
    this.#view.setUint32(this.#layout.unigrams + 4, 0, true);
    this.#remember('<unk>');
  }

  /** Enters one n-gram. @returns What is wrong with it, if anything. */
  add(line: FieldLine, order: number, logProb: number, backoff: number | undefined): string | undefined {
    if (order === 1) return this.#addWord(line, logProb, backoff);
    for (let i = 0; i < order; i++) {
      const id = this.#vocabulary.idOfBytes(
        line.bytes,
        line.starts[i + 1] as number,
        line.ends[i + 1] as number,
      );
      const word = id === UNKNOWN_WORD ? line.text(i + 1) : '';
      if (id === UNKNOWN_WORD && !isUnknownMark(word)) return `word "${word}" is not among the unigrams`;
      this.#ngram[i] = id;
    }
    if (!this.#markContext(order)) {
      return `its context, the first ${order - 1} words, is no ${order - 1}-gram of the file`;
    }
    if (order > 2) this.#fillSuffix(order);
    this.#makeKey(0, order);
    const table = this.#tables[order - 2] as ProbingTable;
    if (table.find(this.#key) >= 0) return undefined; // the first of two equal n-grams counts, as in KenLM
    const at = table.insert(this.#key);
    if (at < 0) return 'too many n-grams for the announced counts';
    this.#view.setFloat32(at, logProb, true);
    if (order < this.#counts.length) this.#setBackoff(at + 4, backoff);
    return undefined;
  }

  finish(): ProbingModel {
    const words = this.#words.slice(0, this.#wordBytes);
    return new ProbingModel(this.#view, this.#layout, () =>
      new TextDecoder().decode(words).split('\0').slice(0, -1),
    );
  }

  #addWord(line: FieldLine, logProb: number, backoff: number | undefined): string | undefined {
    const start = line.starts[1] as number;
    const end = line.ends[1] as number;
    if (end - start === 5 && isUnknownMark(line.text(1))) {
      if (this.#hasUnknown) return 'a second <unk>';
      this.#hasUnknown = true;
      this.#setUnigram(UNKNOWN_WORD, logProb, backoff);
      return undefined;
    }
    const id = this.#nextId++;
    if (!this.#vocabulary.add(line.bytes, start, end, id)) return `word "${line.text(1)}" stands twice`;
    this.#setUnigram(id, logProb, backoff);
    this.#remember(line.bytes.subarray(start, end));
    return undefined;
  }

  #setUnigram(id: number, logProb: number, backoff: number | undefined): void {
    const at = this.#layout.unigrams + id * UNIGRAM_BYTES;
    this.#view.setFloat32(at, logProb, true);
    this.#setBackoff(at + 4, backoff);
  }

  /** No backoff, or one of 0, marks an n-gram as a dead end until a longer one continues it. */
  #setBackoff(at: number, backoff: number | undefined): void {
    if (backoff) this.#view.setFloat32(at, backoff, true);
    else this.#view.setUint32(at, NO_EXTENSION, true);
  }

  /** Notes that the n-gram's first words can be continued. */
  #markContext(order: number): boolean {
    const at = this.#backoffAt(0, order - 1);
    if (at < 0) return false;
    if (this.#view.getUint32(at, true) === NO_EXTENSION) this.#view.setUint32(at, 0, true);
    return true;
  }

  /**
   * Look-ups grow from the newest word, so an n-gram is reached only if its own endings are there. Pruning can drop
   * one; it is put back with the score that backing off gives, which changes no probability.
   */
  #fillSuffix(order: number): void {
    for (let start = order - 2; start >= 1; start--) {
      const length = order - start;
      this.#makeKey(start, order);
      const table = this.#tables[length - 2] as ProbingTable;
      if (table.find(this.#key) >= 0) continue;
      const shorter = this.#probAt(start + 1, order);
      const context = this.#backoffAt(start, order - 1);
      const backoff = context < 0 ? 0 : this.#view.getFloat32(context, true);
      this.#makeKey(start, order);
      const at = table.insert(this.#key);
      if (at < 0) return;
      this.#view.setFloat32(at, this.#view.getFloat32(shorter, true) + backoff, true);
      this.#view.setUint32(at + 4, NO_EXTENSION, true);
    }
  }

  /** Offset of the probability of `ngram[start, end)`; −1 when there is none. */
  #probAt(start: number, end: number): number {
    if (end - start === 1) return this.#layout.unigrams + (this.#ngram[start] as number) * UNIGRAM_BYTES;
    this.#makeKey(start, end);
    return (this.#tables[end - start - 2] as ProbingTable).find(this.#key);
  }

  #backoffAt(start: number, end: number): number {
    const at = this.#probAt(start, end);
    return at < 0 ? -1 : at + 4;
  }

  #makeKey(start: number, end: number): void {
    this.#key.set(0, this.#ngram[end - 1] as number);
    for (let i = end - 2; i >= start; i--) extendKey(this.#key, this.#ngram[i] as number, this.#scratch);
  }

  #remember(word: string | Uint8Array): void {
    const bytes = typeof word === 'string' ? new TextEncoder().encode(word) : word;
    while (this.#wordBytes + bytes.length + 1 > this.#words.length) {
      const larger = new Uint8Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words.set(bytes, this.#wordBytes);
    this.#wordBytes += bytes.length + 1;
  }
}

function isUnknownMark(word: string): boolean {
  return word === '<unk>' || word === '<UNK>';
}
