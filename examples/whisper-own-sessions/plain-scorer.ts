import { createTensor, disposeTensors } from '@org/asr-node';
import type { InferenceSession, Tensor, TokenAttention, TokenScorer } from '@org/asr-node';

/** Sizes of Whisper tiny. */
const LAYERS = 4;
const HEADS = 6;
const HEAD_SIZE = 64;

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Scores tokens with a decoder graph in the SDK's layout, without a cache: every call runs the decoder over all tokens
 * so far. Slow, and as short as it can be; what the searches need is no more than this.
 */
export class PlainScorer implements TokenScorer {
  readonly vocabularySize: number;
  readonly #decoder: InferenceSession;
  readonly #encoded: Tensors;
  /** The tokens of every row. */
  #rows: readonly (readonly number[])[] = [[]];

  /** @param encoded What the encoder gave; stays the caller's. */
  constructor(decoder: InferenceSession, encoded: Tensors, vocabularySize: number) {
    this.#decoder = decoder;
    this.#encoded = encoded;
    this.vocabularySize = vocabularySize;
  }

  async append(tokens: readonly number[] | Int32Array, rows: number, from: number): Promise<Float32Array> {
    const count = tokens.length / rows;
    const before = this.#rows[0]!.length;
    this.#rows = Array.from({ length: rows }, (_, row) => [
      // One row may be continued by several.
      ...this.#rows[this.#rows.length === 1 ? 0 : row]!,
      ...tokens.slice(row * count, (row + 1) * count),
    ]);
    const { logits, ...rest } = await this.#run(this.#rows, before + from);
    disposeTensors(rest);
    const data = (await logits!.read()) as Float32Array;
    logits!.dispose();
    return data;
  }

  select(parents: readonly number[]): Promise<void> {
    this.#rows = parents.map((row) => this.#rows[row]!);
    return Promise.resolve();
  }

  /** Where the model listened while it read `tokens`: attention of the heads that follow the speech. */
  async attention(tokens: readonly number[]): Promise<TokenAttention> {
    const { alignment, ...rest } = await this.#run([tokens], 0);
    disposeTensors(rest);
    const [, heads, count, frames] = alignment!.dims as readonly [number, number, number, number];
    const data = (await alignment!.read()) as Float32Array;
    alignment!.dispose();
    return { data, heads, tokens: count, frames };
  }

  #run(rows: readonly (readonly number[])[], from: number): Promise<Record<string, Tensor>> {
    const length = rows[0]!.length;
    const ids = BigInt64Array.from(rows.flat().map(BigInt));
    const feeds: Record<string, Tensor> = {
      input_ids: createTensor('int64', ids, [rows.length, length]),
      logits_from: createTensor('int64', BigInt64Array.of(BigInt(from)), [1]),
    };
    for (let layer = 0; layer < LAYERS; layer++) {
      for (const kind of ['key', 'value']) {
        const empty = [rows.length, HEADS, 0, HEAD_SIZE];
        feeds[`past_key_values.${layer}.decoder.${kind}`] = createTensor(
          'float32',
          new Float32Array(),
          empty,
        );
        feeds[`past_key_values.${layer}.encoder.${kind}`] =
          this.#encoded[`present.${layer}.encoder.${kind}`]!;
      }
    }
    return this.#decoder.run(feeds);
  }
}
