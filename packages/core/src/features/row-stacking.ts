import { joinFloats } from '../join-arrays.js';
import type { RowStage, RowStageConfig } from './row-stages.js';

type Config<Type> = Extract<RowStageConfig, { readonly type: Type }>;

/** Rows still needed, addressed by their index in the whole utterance. */
class RowWindow {
  readonly #bins: number;
  #rows: Float32Array = new Float32Array(0);
  #first = 0;

  constructor(bins: number) {
    this.#bins = bins;
  }

  /** One past the last row so far. */
  get end(): number {
    return this.#first + this.#rows.length / this.#bins;
  }

  append(rows: Float32Array): void {
    this.#rows = joinFloats([this.#rows, rows]);
  }

  /** Forgets the rows before `index`. */
  release(index: number): void {
    const released = Math.min(Math.max(index, this.#first), this.end);
    this.#rows = this.#rows.subarray((released - this.#first) * this.#bins);
    this.#first = released;
  }

  copy(index: number, out: Float32Array, at: number): void {
    const row = (index - this.#first) * this.#bins;
    out.set(this.#rows.subarray(row, row + this.#bins), at);
  }
}

/**
 * Low frame rate (FunASR's `apply_lfr`): row i holds rows skip·i − (stack − 1)/2 onward, `stack` of them, the first and
 * the last row repeated past the ends; ⌈rows / skip⌉ come out.
 */
export class LowFrameRate implements RowStage {
  readonly bins: number;
  readonly #inputBins: number;
  readonly #stack: number;
  readonly #skip: number;
  readonly #left: number;
  readonly #window: RowWindow;
  #next = 0;

  constructor({ stack, skip }: Config<'low-frame-rate'>, bins: number) {
    this.bins = bins * stack;
    this.#inputBins = bins;
    this.#stack = stack;
    this.#skip = skip;
    this.#left = Math.floor((stack - 1) / 2);
    this.#window = new RowWindow(bins);
  }

  push(rows: Float32Array): Float32Array {
    this.#window.append(rows);
    // Row i is final once its last source row is there.
    const complete = Math.floor((this.#window.end - this.#stack + this.#left) / this.#skip) + 1;
    return this.#emit(Math.max(complete, this.#next));
  }

  finish(): Float32Array {
    return this.#emit(Math.ceil(this.#window.end / this.#skip));
  }

  #emit(until: number): Float32Array {
    const out = new Float32Array((until - this.#next) * this.bins);
    const last = this.#window.end - 1;
    for (let at = 0; this.#next < until; this.#next++) {
      const start = this.#next * this.#skip - this.#left;
      for (let k = 0; k < this.#stack; k++, at += this.#inputBins) {
        this.#window.copy(Math.min(Math.max(start + k, 0), last), out, at);
      }
    }
    // The last row stays: it may have to be repeated at the end.
    this.#window.release(Math.min(this.#next * this.#skip - this.#left, last));
    return out;
  }
}

/** Every row between its neighbours, zeros past the ends (DeepSpeech's 9 + 1 + 9 windows). */
export class ContextWindow implements RowStage {
  readonly bins: number;
  readonly #inputBins: number;
  readonly #before: number;
  readonly #after: number;
  readonly #window: RowWindow;
  #next = 0;

  constructor({ before, after }: Config<'context'>, bins: number) {
    this.bins = bins * (before + 1 + after);
    this.#inputBins = bins;
    this.#before = before;
    this.#after = after;
    this.#window = new RowWindow(bins);
  }

  push(rows: Float32Array): Float32Array {
    this.#window.append(rows);
    return this.#emit(Math.max(this.#window.end - this.#after, this.#next));
  }

  finish(): Float32Array {
    return this.#emit(this.#window.end);
  }

  #emit(until: number): Float32Array {
    const out = new Float32Array((until - this.#next) * this.bins);
    for (let at = 0; this.#next < until; this.#next++) {
      const last = this.#next + this.#after;
      for (let row = this.#next - this.#before; row <= last; row++, at += this.#inputBins) {
        if (row >= 0 && row < this.#window.end) this.#window.copy(row, out, at);
      }
    }
    this.#window.release(this.#next - this.#before);
    return out;
  }
}
