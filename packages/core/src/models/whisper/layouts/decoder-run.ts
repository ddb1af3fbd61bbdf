import { AsrError } from '../../../errors.js';
import { freeTensor } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import type { DecoderRun } from '../graphs.js';
import { freeAttention } from './attention.js';
import type { Attention } from './attention.js';
import { copiesOfFirst } from './rows.js';
import type { FloatData } from './rows.js';
import { Int64Input } from './token-buffer.js';

/** One run of a decoder graph, as a layout sees it. */
export interface DecoderStep {
  /** `rows × tokens` ids; valid until the step ends. */
  readonly ids: Tensor<'int64'>;
  readonly rows: number;
  readonly tokens: number;
  /** Positions in the history of every row. */
  readonly past: number;
  /** First of the new positions whose logits are wanted. */
  readonly from: number;
}

/** What a step gives; the tensors belong to the caller. */
export interface StepResult {
  /** `rows × (tokens − first) × vocabulary`. */
  readonly logits: Tensor;
  /** Position of the first logits row among the new positions; not after `from`. */
  readonly first: number;
  readonly attention: Attention;
}

/** What differs between layouts in one decoding: the graph calls, and where keys and values are kept. */
export interface DecoderState {
  /** Whether one step may append several tokens to a history that is not empty. */
  readonly appendsMany: boolean;
  step(step: DecoderStep): Promise<StepResult>;
  /** Makes row `i` continue row `parents[i]`; `past` positions are in use. */
  select(parents: readonly number[], past: number): Promise<void>;
  dispose(): void;
}

/** What a run needs to know about its graphs. */
interface DecoderLimits {
  readonly vocabularySize: number;
  readonly maxTokens: number;
  /** Why there is no alignment; absent when there is. */
  readonly noAlignment: string | undefined;
}

let collecting: Promise<typeof import('./collect-alignment.js')> | undefined;

/** The part of a {@link DecoderRun} that is the same for every layout. After a rejected call it can only be disposed. */
export class SessionDecoderRun implements DecoderRun {
  readonly #state: DecoderState;
  readonly #limits: DecoderLimits;
  readonly #onDispose: () => void;
  readonly #ids = new Int64Input();
  #rows = 0;
  #past = 0;
  /** Rows of the last append; `#rows` may have been changed by a selection since. */
  #appended = 0;
  /** Results of the last append: its logits may still be read, its attention may still be asked for. */
  #logits: Tensor | undefined;
  #attention: Attention[] = [];
  /** Memory for logits that can't be handed out as they are. */
  #scratch = new Float32Array(0);
  #calls = 0;
  #disposed = false;

  constructor(state: DecoderState, limits: DecoderLimits, onDispose: () => void) {
    this.#state = state;
    this.#limits = limits;
    this.#onDispose = onDispose;
  }

  get vocabularySize(): number {
    return this.#limits.vocabularySize;
  }

  append(tokens: readonly number[] | Int32Array, rows: number, from: number): Promise<Float32Array> {
    return this.#guard(async () => {
      const count = tokens.length / rows;
      this.#checkAppend(count, rows, from);
      if (this.#past > 0 && rows !== this.#rows) await this.#state.select(copiesOfFirst(rows), this.#past);
      this.#rows = rows;
      this.#appended = rows;
      this.#forgetResults();
      return count === 1 || this.#past === 0 || this.#state.appendsMany
        ? this.#appendAtOnce(tokens, count, from)
        : this.#appendOneByOne(tokens, count, from);
    });
  }

  select(parents: readonly number[]): Promise<void> {
    return this.#guard(async () => {
      for (const parent of parents) {
        if (!Number.isInteger(parent) || parent < 0 || parent >= this.#rows) {
          throw new RangeError(`parents must be rows 0…${this.#rows - 1}, got ${parent}`);
        }
      }
      if (parents.length === 0) throw new RangeError('parents must name at least one row');
      await this.#state.select(parents, this.#past);
      this.#rows = parents.length;
    });
  }

  alignment(): ReturnType<DecoderRun['alignment']> {
    return this.#guard(async () => {
      const { noAlignment } = this.#limits;
      if (noAlignment !== undefined) throw new AsrError('OPTION_UNSUPPORTED', noAlignment);
      if (this.#appended > 1) {
        throw new RangeError(`alignment is for one row, the last append had ${this.#appended}`);
      }
      if (!this.#attention[0]?.tensors.length) {
        throw new RangeError('alignment needs startDecoder(true) and append()');
      }
      const attention = this.#attention;
      // Some ask at every step: an import that is repeated costs tens of microseconds, and far more under loaders.
      collecting ??= import('./collect-alignment.js');
      return (await collecting).collectAlignment(attention);
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#calls === 0) this.#free();
  }

  async #appendAtOnce(tokens: ArrayLike<number>, count: number, from: number): Promise<Float32Array> {
    const rows = this.#rows;
    const ids = this.#ids.write(tokens, [rows, count]);
    const { logits, first } = await this.#step(ids, count, from);
    this.#logits = logits;
    const data = lastPositions(await this.#read(logits, count - first), rows, count - first, count - from);
    if (data instanceof Float32Array) return data;
    const { halfToFloat } = await import('../../../inference/half-float.js');
    return halfToFloat(data, this.#reserve(data.length));
  }

  /** For graphs whose causal mask only fits an empty history or a single token. */
  async #appendOneByOne(tokens: ArrayLike<number>, count: number, from: number): Promise<Float32Array> {
    const rows = this.#rows;
    const size = this.#limits.vocabularySize;
    const wanted = count - from;
    const out = this.#reserve(rows * wanted * size);
    for (let i = 0; i < count; i++) {
      const { logits } = await this.#step(this.#ids.write(tokens, [rows, 1], i, count), 1, 0);
      try {
        if (i < from) continue;
        const data = await this.#read(logits, 1);
        for (let row = 0; row < rows; row++) {
          const values = data.subarray(row * size, (row + 1) * size);
          const target = out.subarray((row * wanted + i - from) * size);
          if (values instanceof Float32Array) target.set(values);
          else (await import('../../../inference/half-float.js')).halfToFloat(values, target);
        }
      } finally {
        freeTensor(logits);
      }
    }
    return out;
  }

  async #step(ids: Tensor<'int64'>, tokens: number, from: number): Promise<StepResult> {
    const result = await this.#state.step({ ids, rows: this.#rows, tokens, past: this.#past, from });
    this.#past += tokens;
    this.#attention.push(result.attention);
    return result;
  }

  async #read(logits: Tensor, positions: number): Promise<FloatData> {
    const data = (logits.location === 'cpu' ? logits.data : await logits.read()) as FloatData;
    if (data.length !== this.#rows * positions * this.#limits.vocabularySize) {
      throw new AsrError(
        'MODEL_INVALID',
        `the decoder's logits have shape [${logits.dims.join(', ')}], expected ` +
          `[${this.#rows}, ${positions}, ${this.#limits.vocabularySize}]`,
      );
    }
    return data;
  }

  #reserve(length: number): Float32Array {
    if (this.#scratch.length < length) this.#scratch = new Float32Array(length);
    return this.#scratch.length === length ? this.#scratch : this.#scratch.subarray(0, length);
  }

  #checkAppend(count: number, rows: number, from: number): void {
    if (!Number.isInteger(rows) || rows < 1) {
      throw new RangeError(`rows must be a positive whole number, got ${rows}`);
    }
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`tokens must hold the same number, at least one, for each of ${rows} rows`);
    }
    if (!Number.isInteger(from) || from < 0 || from >= count) {
      throw new RangeError(`from must be a position 0…${count - 1}, got ${from}`);
    }
    if (this.#past > 0 && rows !== this.#rows && this.#rows !== 1) {
      throw new RangeError(`the history has ${this.#rows} rows, got tokens for ${rows}: call select() first`);
    }
    if (this.#past + count > this.#limits.maxTokens) {
      throw new RangeError(
        `a history of ${this.#past} tokens and ${count} more exceed the model's ${this.#limits.maxTokens}`,
      );
    }
  }

  /** Memory must outlive the graph call that reads it: what is disposed during a call is freed at its end. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    this.#assertUsable();
    this.#calls++;
    try {
      const result = await work();
      this.#assertUsable();
      return result;
    } finally {
      this.#calls--;
      if (this.#disposed && this.#calls === 0) this.#free();
    }
  }

  #assertUsable(): void {
    if (this.#disposed) throw new AsrError('DISPOSED', 'this decoder run has been disposed');
  }

  #forgetResults(): void {
    // A row is some hundred kilobytes a step, and was valid until now.
    if (this.#logits) freeTensor(this.#logits);
    this.#logits = undefined;
    for (const attention of this.#attention) freeAttention(attention);
    this.#attention = [];
  }

  #free(): void {
    this.#forgetResults();
    this.#state.dispose();
    this.#onDispose();
  }
}

/** Of each row's `have` positions the last `want`, moved together in place. */
function lastPositions(data: FloatData, rows: number, have: number, want: number): FloatData {
  if (have === want) return data;
  const size = data.length / (rows * have);
  if (rows === 1) return data.subarray((have - want) * size);
  for (let row = 0; row < rows; row++) {
    data.copyWithin(row * want * size, (row * have + have - want) * size, (row + 1) * have * size);
  }
  return data.subarray(0, rows * want * size);
}
