import type { TokenAttention } from '../../decoding/whisper/alignment-matrix.js';
import type { TokenScorer } from '../../decoding/whisper/token-scorer.js';
import type { DecoderRun } from './graphs.js';

/** Attention of a decoder run as it decodes, for `alignWords`. */
type AttendingRun = Pick<DecoderRun, 'alignment' | keyof TokenScorer>;

/**
 * A decoder run that keeps the cross-attention of what it is fed: the words of a greedy decoding are timed by it, without
 * feeding them to the model again.
 */
export class AttentiveRun implements TokenScorer {
  readonly #run: AttendingRun;
  readonly #positions: number;
  readonly #transcriptIndex: number;
  /** By token of the transcript: `heads × positions`, of the position that predicted it. */
  #rows: Float32Array[] | undefined = [];
  #heads = 0;

  /**
   * @param transcriptIndex Where the transcript begins in what is fed, see `SearchRequest`.
   * @param positions Encoder positions that hold audio; the others are not kept.
   */
  constructor(run: AttendingRun, transcriptIndex: number, positions: number) {
    this.#run = run;
    this.#transcriptIndex = transcriptIndex;
    this.#positions = Math.max(1, positions);
  }

  get vocabularySize(): number {
    return this.#run.vocabularySize;
  }

  async append(tokens: readonly number[] | Int32Array, rows: number, from: number): Promise<Float32Array> {
    const logits = await this.#run.append(tokens, rows, from);
    // Rows of several hypotheses change places; their words are timed by feeding the chosen one again.
    if (rows > 1) this.#rows = undefined;
    else if (this.#rows) await this.#keep(this.#rows, tokens.length);
    return logits;
  }

  async select(parents: readonly number[]): Promise<void> {
    this.#rows = undefined;
    await this.#run.select(parents);
  }

  /**
   * Attention of the positions that predicted some tokens of the transcript, in order.
   *
   * @param indices Of tokens in the transcript; one behind its end is what ended it.
   * @returns Undefined where it was not kept: several hypotheses were followed, or decoding stopped before.
   */
  attentionOf(indices: readonly number[]): TokenAttention | undefined {
    const rows = this.#rows;
    if (rows === undefined || indices.some((index) => index >= rows.length)) return undefined;
    const positions = this.#positions;
    const heads = this.#heads;
    const data = new Float32Array(heads * indices.length * positions);
    for (let head = 0; head < heads; head++) {
      for (const [i, index] of indices.entries()) {
        const row = rows[index]!.subarray(head * positions, (head + 1) * positions);
        data.set(row, (head * indices.length + i) * positions);
      }
    }
    return { data, heads, tokens: indices.length, frames: positions };
  }

  async #keep(kept: Float32Array[], count: number): Promise<void> {
    const { data, heads, tokens, frames } = await this.#run.alignment();
    this.#heads = heads;
    const positions = Math.min(this.#positions, frames);
    // The prompt comes at once; of it, the last position before the transcript and those of a prefix count.
    const first = kept.length === 0 ? this.#transcriptIndex - 1 : 0;
    for (let token = first; token < count; token++) {
      const row = new Float32Array(heads * this.#positions);
      for (let head = 0; head < heads; head++) {
        const at = (head * tokens + token) * frames;
        row.set(data.subarray(at, at + positions), head * this.#positions);
      }
      kept.push(row);
    }
  }
}
