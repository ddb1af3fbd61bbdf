import type { InferenceSession } from '../../../inference/backend.js';
import { createTensor, disposeTensors } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import { NO_ATTENTION } from './attention.js';
import type { Attention } from './attention.js';
import { CrossCache } from './cross-cache.js';
import type { RowSharing } from './cross-cache.js';
import type { DecoderState, DecoderStep, StepResult } from './decoder-run.js';
import { KvCache } from './kv-cache.js';
import type { CacheSlot } from './kv-cache.js';
import { outputsOf } from './names.js';
import { gatherRows } from './gather-rows.js';
import { copiesOfFirst, floatArray, floatTensor } from './rows.js';
import type { FloatType } from './rows.js';
import { Int64Input } from './token-buffer.js';
import { takeFloats } from './read-floats.js';

/** One of the two ways to call a Hugging Face decoder: with an empty history, or with one. */
export interface HuggingFaceCall {
  readonly file: string;
  readonly session: InferenceSession;
  /** Inputs that are the same in every call. */
  readonly constants: Readonly<Record<string, Tensor>>;
}

/** What the decoder of the merged and the split layout have in common, ready for use by {@link HuggingFaceDecoder}. */
export interface HuggingFaceGraph {
  readonly first: HuggingFaceCall;
  readonly next: HuggingFaceCall;
  /** Whether the first call wants (empty) cache inputs. */
  readonly feedsEmptyPast: boolean;
  /** Whether calls with a history still take `encoder_hidden_states` and `cache_position`. */
  readonly nextTakesStates: boolean;
  readonly nextTakesPosition: boolean;
  readonly self: readonly CacheSlot[];
  readonly cross: readonly CacheSlot[];
  readonly attention: { readonly outputs: readonly string[]; readonly heads: readonly (readonly number[])[] };
  readonly type: FloatType;
  readonly heads: number;
  readonly headSize: number;
  readonly sharing: RowSharing;
}

/**
 * One decoding with graphs exported by Hugging Face's optimum: the call with an empty history gives keys and
 * values of cross-attention, later calls take them; those that later calls may give again are not fetched.
 */
export class HuggingFaceDecoder implements DecoderState {
  /** The graph for later calls is traced with one token, where no causal mask is needed; nothing says it has one. */
  readonly appendsMany = false;
  readonly #graph: HuggingFaceGraph;
  /** The encoder's output, of one row; not owned. */
  readonly #states: Tensor;
  readonly #self: KvCache;
  #cross: CrossCache | undefined;
  readonly #position = new Int64Input();
  readonly #feeds: Record<string, Tensor>;
  readonly #fetches: readonly string[];

  constructor(graph: HuggingFaceGraph, states: Tensor) {
    this.#graph = graph;
    this.#states = states;
    this.#self = new KvCache(graph.self, 0);
    this.#feeds = { ...graph.next.constants };
    if (graph.nextTakesStates) this.#feeds['encoder_hidden_states'] = states;
    this.#fetches = ['logits', ...outputsOf(graph.self)];
  }

  async step(step: DecoderStep): Promise<StepResult> {
    const { attention } = this.#graph;
    // Alignment is for one row alone.
    const wanted = step.rows === 1 ? attention.outputs : [];
    const outputs = step.past === 0 ? await this.#first(step, wanted) : await this.#next(step, wanted);
    this.#self.replace(outputs);
    return { logits: outputs['logits']!, first: 0, attention: this.#attention(outputs, wanted) };
  }

  select(parents: readonly number[]): Promise<void> {
    return this.#self.select(parents);
  }

  dispose(): void {
    this.#self.dispose();
    this.#cross?.dispose();
  }

  #attention(outputs: Readonly<Record<string, Tensor>>, wanted: readonly string[]): Attention {
    if (wanted.length === 0) return NO_ATTENTION;
    return { tensors: wanted.map((name) => outputs[name]!), heads: this.#graph.attention.heads };
  }

  async #first(
    { ids, rows, tokens }: DecoderStep,
    attention: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const { first, cross, self, feedsEmptyPast, type, heads, headSize } = this.#graph;
    const states =
      rows === 1 ? this.#states : await gatherRows(this.#states, copiesOfFirst(rows), { axis: 0 });
    const feeds: Record<string, Tensor> = {
      ...first.constants,
      input_ids: ids,
      encoder_hidden_states: states,
    };
    if (feedsEmptyPast) {
      const empty = floatTensor(type, floatArray(type, 0), [rows, heads, 0, headSize]);
      for (const slot of [...self, ...cross]) feeds[slot.input] = empty;
    }
    if (first.session.inputs.some((input) => input.name === 'cache_position')) {
      feeds['cache_position'] = this.#position.count(0, tokens);
    }
    const outputs = await first.session.run(feeds, [...this.#fetches, ...outputsOf(cross), ...attention]);
    this.#cross?.dispose();
    this.#cross = new CrossCache(
      cross.map((slot) => slot.input),
      0,
      await firstRows(outputsOf(cross).map((name) => outputs[name]!)),
      true,
    );
    return outputs;
  }

  async #next(step: DecoderStep, attention: readonly string[]): Promise<Record<string, Tensor>> {
    const { next, sharing, nextTakesPosition } = this.#graph;
    const feeds = this.#feeds;
    const cross = this.#cross!;
    if (nextTakesPosition) feeds['cache_position'] = this.#position.count(step.past, 1);
    const shared =
      step.rows === 1 || (await sharing.decide((crossRows) => this.#probe(step, cross, crossRows)));
    feeds['input_ids'] = step.ids;
    this.#self.write(feeds);
    await cross.write(feeds, shared ? 1 : step.rows);
    return next.session.run(feeds, attention.length === 0 ? this.#fetches : [...this.#fetches, ...attention]);
  }

  /** Logits of the step's first two rows, the history left as it is. */
  async #probe(step: DecoderStep, cross: CrossCache, crossRows: 1 | 2): Promise<Float32Array> {
    const feeds: Record<string, Tensor> = {
      ...this.#feeds,
      input_ids: createTensor('int64', step.ids.data.slice(0, 2), [2, 1]),
    };
    const past = await this.#self.gather([0, 1]);
    for (const [i, slot] of this.#graph.self.entries()) feeds[slot.input] = past[i]!;
    try {
      await cross.write(feeds, crossRows);
      const { logits } = await this.#graph.next.session.run(feeds, ['logits']);
      return await takeFloats(logits!);
    } finally {
      disposeTensors(past);
      cross.releaseCopies();
    }
  }
}

/** The first row of each tensor: all rows of a window have the same keys and values. */
async function firstRows(tensors: readonly Tensor[]): Promise<readonly Tensor[]> {
  if (tensors.every((tensor) => tensor.dims[0] === 1)) return tensors;
  const rows = await Promise.all(tensors.map((tensor) => gatherRows(tensor, [0], { axis: 0 })));
  disposeTensors(tensors);
  return rows;
}
