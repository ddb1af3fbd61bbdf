import { createRowStage } from './create-row-stage.js';
import type { RowSource } from './row-source.js';
import { joinFloats } from '../join-arrays.js';
import type { RowStage, RowStageConfig } from './row-stages.js';

/**
 * Features of audio that arrives piece by piece. The rows are exactly those of the whole audio, however it is cut.
 *
 * Rows are numbered from the start of the audio. Where a normalisation needs the whole utterance, no row is ready before
 * {@link finish}, and all of them wait in memory.
 */
export class FeatureStream {
  /** Width of a row. */
  readonly bins: number;
  readonly #source: RowSource;
  readonly #stages: readonly RowStage[];
  readonly #padding: { readonly rows: number; readonly multiple: number };
  /** Rows `#released` … `framesReady − 1`. */
  #rows: Float32Array[] = [];
  #released = 0;
  #ready = 0;
  #valid = 0;
  #finished = false;

  /** Internal: made by `FrontEnd.stream()`. */
  constructor(
    source: RowSource,
    stages: readonly RowStageConfig[],
    padding: { readonly rows: number; readonly multiple: number },
  ) {
    this.#source = source;
    let { bins } = source;
    this.#stages = stages.map((config) => {
      const stage = createRowStage(config, bins);
      ({ bins } = stage);
      return stage;
    });
    this.bins = bins;
    this.#padding = padding;
  }

  /** Number of rows that are final so far, from the start of the audio, released ones included. */
  get framesReady(): number {
    return this.#ready;
  }

  /** Number of ready rows that are not padding; final after {@link finish}. */
  get validFrames(): number {
    return this.#valid;
  }

  /**
   * Takes the next samples, which may be any number; they are copied.
   *
   * @throws {TypeError} when `samples` is not a Float32Array
   * @throws {RangeError} after {@link finish}
   */
  push(samples: Float32Array): void {
    if (!(samples instanceof Float32Array)) {
      throw new TypeError('samples must be a Float32Array of mono audio.');
    }
    this.#checkUnfinished();
    let rows = this.#source.push(samples);
    for (const stage of this.#stages) rows = stage.push(rows);
    this.#append(rows);
  }

  /**
   * Declares the audio complete: the rows that waited for more become ready.
   *
   * @throws {RangeError} when called twice
   */
  finish(): void {
    this.#checkUnfinished();
    this.#finished = true;
    let rows = this.#source.finish();
    for (const stage of this.#stages) rows = joinFloats([stage.push(rows), stage.finish()]);
    this.#append(rows);
    const { rows: extra, multiple } = this.#padding;
    if (this.#source.samples === 0) return;
    const padded = Math.ceil((this.#ready + extra) / multiple) * multiple;
    this.#rows.push(new Float32Array((padded - this.#ready) * this.bins));
    this.#ready = padded;
  }

  /**
   * A copy of `count` ready rows from row `start` on, row-major [count, bins].
   *
   * @param count default: all that are ready
   * @throws {RangeError} when some of them are not ready yet or no longer there
   */
  read(start: number, count: number = this.#ready - start): Float32Array {
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(`start and count must be whole numbers, 0 or more; found ${start} and ${count}.`);
    }
    if (start < this.#released || start + count > this.#ready) {
      throw new RangeError(
        `rows ${start} to ${start + count - 1} were asked for; rows ${this.#released} to ${this.#ready - 1} are there.`,
      );
    }
    const rows = this.#joined();
    const first = (start - this.#released) * this.bins;
    return rows.slice(first, first + count * this.bins);
  }

  /** Hands over all rows that are ready and not released, row-major [rows, bins], and releases them. */
  take(): Float32Array {
    const rows = this.#joined();
    this.#rows = [];
    this.#released = this.#ready;
    return rows;
  }

  /** Forgets all rows before row `frame`, so that a long stream stays small. */
  release(frame: number): void {
    const kept = Math.min(Math.max(frame, this.#released), this.#ready);
    this.#rows = [this.#joined().slice((kept - this.#released) * this.bins)];
    this.#released = kept;
  }

  #append(rows: Float32Array): void {
    if (rows.length === 0) return;
    this.#rows.push(rows);
    this.#ready += rows.length / this.bins;
    this.#valid = this.#ready;
  }

  #joined(): Float32Array {
    const rows = joinFloats(this.#rows);
    this.#rows = [rows];
    return rows;
  }

  #checkUnfinished(): void {
    if (this.#finished) throw new RangeError('This feature stream is finished; start a new one.');
  }
}
