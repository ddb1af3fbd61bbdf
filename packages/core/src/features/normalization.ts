import { joinFloats } from '../join-arrays.js';
import type { RowStage, RowStageConfig } from './row-stages.js';

type Config<Type> = Extract<RowStageConfig, { readonly type: Type }>;

/** Normalisation with fixed statistics, row by row. */
export class GlobalNormalization implements RowStage {
  readonly bins: number;
  readonly #shift: Float32Array;
  readonly #scale: Float32Array;

  constructor({ shift, scale }: Config<'global-norm'>, bins: number) {
    if (shift.length !== bins || scale.length !== bins) {
      throw new RangeError(
        `global-norm needs ${bins} values of shift and scale, one per column; found ${shift.length} and ${scale.length}.`,
      );
    }
    this.bins = bins;
    this.#shift = shift;
    this.#scale = scale;
  }

  push(rows: Float32Array): Float32Array {
    const { bins } = this;
    for (let row = 0; row < rows.length; row += bins) {
      for (let bin = 0; bin < bins; bin++) {
        rows[row + bin] = (rows[row + bin]! + this.#shift[bin]!) * this.#scale[bin]!;
      }
    }
    return rows;
  }

  finish(): Float32Array {
    return new Float32Array(0);
  }
}

/** A step that has to see the whole utterance: rows wait until the end. */
abstract class WholeUtterance implements RowStage {
  readonly bins: number;
  #waiting: Float32Array[] = [];

  constructor(bins: number) {
    this.bins = bins;
  }

  push(rows: Float32Array): Float32Array {
    this.#waiting.push(rows);
    return new Float32Array(0);
  }

  finish(): Float32Array {
    const rows = joinFloats(this.#waiting);
    this.#waiting = [];
    this.apply(rows);
    return rows;
  }

  protected abstract apply(rows: Float32Array): void;
}

/** Zero mean and unit deviation over the utterance. */
export class UtteranceNormalization extends WholeUtterance {
  readonly #config: Config<'utterance-norm'>;

  constructor(config: Config<'utterance-norm'>, bins: number) {
    super(bins);
    this.#config = config;
  }

  protected apply(rows: Float32Array): void {
    if (rows.length === 0) return;
    if (this.#config.over === 'values') {
      this.#normalize(rows, 0, 1);
      return;
    }
    for (let bin = 0; bin < this.bins; bin++) this.#normalize(rows, bin, this.bins);
  }

  #normalize(values: Float32Array, first: number, step: number): void {
    const { scale, unbiased, varianceEpsilon, epsilon, minimum } = this.#config;
    const count = values.length / step;
    let sum = 0;
    for (let i = first; i < values.length; i += step) sum += values[i]!;
    const mean = sum / count;
    let squares = 0;
    for (let i = first; i < values.length; i += step) squares += (values[i]! - mean) ** 2;
    const variance = count < 2 ? 0 : squares / (unbiased ? count - 1 : count);
    const deviation = scale ? Math.max(Math.sqrt(variance + varianceEpsilon) + epsilon, minimum) : 1;
    for (let i = first; i < values.length; i += step) values[i] = (values[i]! - mean) / deviation;
  }
}

/** Limits the range below the utterance's peak, as `top_db` does for decibels. */
export class PeakFloor extends WholeUtterance {
  readonly #range: number;

  constructor({ range }: Config<'peak-floor'>, bins: number) {
    super(bins);
    this.#range = range;
  }

  protected apply(rows: Float32Array): void {
    let peak = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < rows.length; i++) if (rows[i]! > peak) peak = rows[i]!;
    const floor = peak - this.#range;
    for (let i = 0; i < rows.length; i++) if (rows[i]! < floor) rows[i] = floor;
  }
}
