import { AsrError } from '../errors.js';
import { FieldLine, LineSplitter } from './arpa-lines.js';
import { NgramTablesBuilder } from './ngram-tables-builder.js';
import type { NgramModel } from './ngram-model.js';

const MAX_ORDER = 16;

type Section = 'preamble' | 'counts' | 'between' | 'ngrams' | 'end';

/**
 * Reads an ARPA n-gram file as it arrives, into KenLM's probing tables; memory is that of the tables. They are made when as
 * much of the file is there as the announced n-grams take up at least, so a damaged count allocates nothing.
 *
 * More tolerant than KenLM where it is harmless: fields may be separated by spaces, the file may begin with a byte
 * order mark, unigram models are accepted, text after `\end\` is ignored, `<s>` may be missing. A wrong count, a
 * positive probability, an unknown or duplicate word, a missing context or a missing `\end\` is `MODEL_INVALID` with
 * the line number.
 */
export class ArpaReader {
  readonly #name: string;
  readonly #line = new FieldLine();
  readonly #lines = new LineSplitter((bytes, start, end) => this.#onLine(bytes, start, end));
  readonly #counts: number[] = [];
  #section: Section = 'preamble';
  #order = 0;
  #seen = 0;
  #builder: NgramTablesBuilder | undefined;
  /** Bytes that the announced n-grams need at least; 0 once they were seen. */
  #needed = 0;
  /** Chunks that wait for that. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** @param name File name for messages. */
  constructor(name: string) {
    this.#name = name;
  }

  /** @throws AsrError `MODEL_INVALID`. */
  push(chunk: Uint8Array): void {
    try {
      if (this.#needed > 0) {
        this.#held.push(chunk.slice());
        this.#heldBytes += chunk.length;
      } else {
        this.#lines.push(chunk);
      }
      if (this.#needed > 0 && this.#lines.waiting + this.#heldBytes >= this.#needed) this.#release();
    } catch (error) {
      if (error instanceof RangeError) throw this.#invalid(error.message);
      throw error;
    }
  }

  /** @throws AsrError `MODEL_INVALID` when the file stops before `\end\`. */
  finish(): NgramModel {
    if (this.#needed > 0) {
      throw this.#invalid(
        `"\\data\\" announces ${this.#counts.join(' + ')} n-grams, more than the file can hold`,
      );
    }
    this.#lines.finish();
    if (this.#section !== 'end' || !this.#builder) {
      const where = this.#section === 'preamble' ? 'it has no "\\data\\" line' : 'it stops before "\\end\\"';
      throw this.#invalid(`not a whole ARPA file: ${where}`);
    }
    return this.#builder.finish();
  }

  /** Makes the tables and reads what waited for them. */
  #release(): void {
    const held = this.#held;
    this.#needed = 0;
    this.#held = [];
    this.#heldBytes = 0;
    this.#builder = this.#allocate();
    this.#lines.resume();
    for (const chunk of held) this.#lines.push(chunk);
  }

  #onLine(bytes: Uint8Array, start: number, end: number): void {
    const line = this.#line;
    const mark =
      line.number === 0 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
    line.split(bytes, mark ? start + 3 : start, end);
    if (line.count === 0 || this.#section === 'end') return;
    if (this.#section === 'preamble') {
      if (line.text(0) === '\\data\\') this.#section = 'counts';
    } else if (bytes[line.starts[0] as number] === 0x5c) {
      this.#onHeader(line.text(0));
    } else if (this.#section === 'counts') {
      this.#onCount(line);
    } else if (this.#section === 'ngrams') {
      this.#onNgram(line);
    } else {
      throw this.#invalid(`expected "\\${this.#order + 1}-grams:", found "${line.excerpt()}"`);
    }
  }

  #onCount(line: FieldLine): void {
    const text = line.excerpt();
    const match = /^ngram (\d+) ?= ?(\d+)$/.exec(text);
    if (!match) throw this.#invalid(`expected "ngram N=count", found "${text}"`);
    const order = Number(match[1]);
    if (order !== this.#counts.length + 1 || order > MAX_ORDER) {
      throw this.#invalid(`expected the count of ${this.#counts.length + 1}-grams, found "${text}"`);
    }
    this.#counts.push(Number(match[2]));
  }

  #onHeader(text: string): void {
    if (this.#section === 'ngrams') this.#closeSection();
    if (text === '\\end\\' && this.#order === this.#counts.length && this.#order > 0) {
      this.#section = 'end';
      return;
    }
    const expected = this.#order < this.#counts.length ? `\\${this.#order + 1}-grams:` : '\\end\\';
    if (text !== expected || this.#counts.length === 0) {
      throw this.#invalid(`expected "${expected}", found "${text}"`);
    }
    if (!this.#builder) {
      // A line is a digit, a separator and a letter for every word, and its end.
      this.#needed = this.#counts.reduce((sum, count, i) => sum + count * (2 * (i + 1) + 1), 0) || 1;
      this.#lines.pause();
    }
    this.#order++;
    this.#seen = 0;
    this.#section = 'ngrams';
  }

  #closeSection(): void {
    const expected = this.#counts[this.#order - 1];
    if (this.#seen !== expected) {
      throw this.#invalid(`${this.#seen} ${this.#order}-grams, but "\\data\\" announced ${expected}`);
    }
    this.#section = 'between';
  }

  #allocate(): NgramTablesBuilder {
    try {
      return new NgramTablesBuilder(this.#counts);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new AsrError(
        'MODEL_INVALID',
        `${this.#name}: no memory for the announced ${this.#counts.join(' + ')} n-grams.`,
        {
          cause,
        },
      );
    }
  }

  #onNgram(line: FieldLine): void {
    const order = this.#order;
    if (this.#seen++ >= (this.#counts[order - 1] as number)) {
      throw this.#invalid(`more ${order}-grams than the announced ${this.#counts[order - 1]}`);
    }
    const hasBackoff = line.count === order + 2;
    if (!hasBackoff && line.count !== order + 1) {
      throw this.#invalid(
        `expected a log-probability, ${order} ${order === 1 ? 'word' : 'words'} and perhaps a backoff, found "${line.excerpt()}"`,
      );
    }
    const logProb = line.numberAt(0);
    if (!(logProb <= 0))
      throw this.#invalid(`log-probability "${line.text(0)}" is not a number of at most 0`);
    const backoff = hasBackoff ? line.numberAt(order + 1) : undefined;
    if (Number.isNaN(backoff)) throw this.#invalid(`backoff "${line.text(order + 1)}" is not a number`);
    if (backoff && order > 1 && order === this.#counts.length) {
      throw this.#invalid(`backoff ${backoff} on an n-gram of the highest order`);
    }
    const problem = (this.#builder as NgramTablesBuilder).add(line, order, logProb, backoff);
    if (problem !== undefined) throw this.#invalid(problem);
  }

  #invalid(problem: string): AsrError {
    return new AsrError('MODEL_INVALID', `${this.#name}, line ${this.#line.number}: ${problem}.`);
  }
}
