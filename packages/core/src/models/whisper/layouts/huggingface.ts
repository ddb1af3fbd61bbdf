import { AsrError } from '../../../errors.js';
import type { InferenceSession } from '../../../inference/backend.js';
import { createTensor, disposeTensors } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import type { WhisperConfig } from '../config.js';
import { NO_ATTENTION, readFloats } from './attention.js';
import type { Attention } from './attention.js';
import { CrossCache, RowSharing } from './cross-cache.js';
import type { DecoderState, DecoderStep, StepResult } from './decoder-run.js';
import { agree, agreeIfKnown, GraphShape } from './graph-shape.js';
import { KvCache } from './kv-cache.js';
import type { CacheSlot } from './kv-cache.js';
import type { LayoutContext, WhisperLayout } from './layout.js';
import { crossAttentionSlots, outputsOf, selfAttentionSlots } from './names.js';
import { copiesOfFirst, floatArray, floatTensor, gatherRows } from './rows.js';
import type { FloatType } from './rows.js';
import { Int64Input } from './token-buffer.js';

/** One of the two ways to call a Hugging Face decoder: with an empty history, or with one. */
export interface HuggingFaceCall {
  readonly file: string;
  readonly session: InferenceSession;
  /** Inputs that are the same in every call. */
  readonly constants: Readonly<Record<string, Tensor>>;
}

/** What the decoder of the merged and the split layout have in common, ready for use by {@link HuggingFaceDecoder}. */
interface HuggingFaceGraph {
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

/** Names of outputs that are only fed back, as far as `config.json` tells before the graph is loaded. */
export function cacheOutputs(config: WhisperConfig): { readonly self: string[]; readonly cross: string[] } {
  const layers = config.size('decoder_layers') ?? 0;
  return { self: outputsOf(selfAttentionSlots(layers)), cross: outputsOf(crossAttentionSlots(layers)) };
}

/** Builds the layout from its encoder and the two ways to call its decoder (which may be one graph). */
export function huggingFaceLayout(
  context: LayoutContext,
  encoder: InferenceSession,
  first: HuggingFaceCall,
  next: HuggingFaceCall,
): WhisperLayout {
  const { config, files } = context;
  const encoderShape = new GraphShape(files.encoder, encoder);
  const firstShape = new GraphShape(first.file, first.session);
  const nextShape = new GraphShape(next.file, next.session);

  const layers = agree(
    'the number of decoder layers',
    { value: nextShape.countLayers('past_key_values.', '.decoder.key'), source: `inputs of ${next.file}` },
    config.claim('decoder_layers'),
  );
  const past = nextShape.input('past_key_values.0.decoder.key');
  const cross = firstShape.output('present.0.encoder.key');
  firstShape.output(`present.${layers - 1}.encoder.value`);
  const features = encoderShape.input('input_features');
  const logits = firstShape.output('logits');
  agree(
    'the width of the hidden states',
    encoderShape.output('last_hidden_state').size(2),
    firstShape.input('encoder_hidden_states').size(2),
    config.claim('d_model'),
  );
  const positions = config.claim('max_source_positions');
  const attention = attentionOutputs(config, layers, [firstShape, nextShape]);

  const graph: HuggingFaceGraph = {
    first,
    next,
    feedsEmptyPast: firstShape.hasInput('past_key_values.0.decoder.key'),
    nextTakesStates: nextShape.hasInput('encoder_hidden_states'),
    nextTakesPosition: nextShape.hasInput('cache_position'),
    self: selfAttentionSlots(layers),
    cross: crossAttentionSlots(layers),
    attention: typeof attention === 'string' ? { outputs: [], heads: [] } : attention,
    type: past.floatType,
    heads: agree(
      'the number of attention heads',
      past.size(1),
      cross.size(1),
      config.claim('decoder_attention_heads'),
    ),
    headSize: agree('the size of an attention head', past.size(3), cross.size(3), config.headSize),
    sharing: new RowSharing(),
  };
  expectKnownInputs(graph, firstShape, nextShape);
  return {
    sessions: [...new Set([encoder, first.session, next.session])],
    encoder: {
      session: encoder,
      input: 'input_features',
      type: features.floatType,
      outputs: ['last_hidden_state'],
      melBins: agree('the number of mel bins', features.size(1), config.claim('num_mel_bins')),
      frames: {
        fixed: agreeIfKnown('the encoder window', features.size(2), {
          value: positions.value && 2 * positions.value,
          source: `twice ${positions.source}`,
        }),
      },
    },
    vocabularySize: agree(
      'the vocabulary size',
      logits.size(2),
      nextShape.output('logits').size(2),
      config.claim('vocab_size'),
    ),
    maxTokens: agree('the longest token history', config.claim('max_target_positions')),
    noAlignment: typeof attention === 'string' ? attention : undefined,
    countFrames: (encoded) => encoded['last_hidden_state']!.dims[1]!,
    startDecoder: (encoded) => new HuggingFaceDecoder(graph, encoded['last_hidden_state']!),
  };
}

/** Outputs that hold alignment heads and which heads of each, or why there are none. */
function attentionOutputs(
  config: WhisperConfig,
  layers: number,
  shapes: readonly GraphShape[],
): HuggingFaceGraph['attention'] | string {
  const lacking = shapes.find((shape) => !shape.hasOutput('cross_attentions.0'));
  if (lacking) {
    return (
      `${lacking.file} has no "cross_attentions" outputs: use an export with attentions, as in the ` +
      'repositories named "_timestamped", or export with output_attentions'
    );
  }
  const pairs = config.alignmentHeads;
  if (!pairs || pairs.length === 0) {
    return (
      'generation_config.json has no alignment_heads, so nothing says which attention heads follow the speech: ' +
      "add those of the checkpoint's original model"
    );
  }
  const byLayer = new Map<number, number[]>();
  for (const [layer, head] of pairs.toSorted(([a, x], [b, y]) => a - b || x - y)) {
    if (layer >= layers) {
      throw new AsrError(
        'MODEL_INVALID',
        `alignment_heads in generation_config.json names layer ${layer}, the decoder has ${layers}`,
      );
    }
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), head]);
  }
  return {
    outputs: [...byLayer.keys()].map((layer) => `cross_attentions.${layer}`),
    heads: [...byLayer.values()],
  };
}

function expectKnownInputs(graph: HuggingFaceGraph, first: GraphShape, next: GraphShape): void {
  const cache = [...graph.self, ...graph.cross].map((slot) => slot.input);
  const common = ['input_ids', 'encoder_hidden_states', 'cache_position'];
  first.expectOnlyInputs([...common, ...cache, ...Object.keys(graph.first.constants)]);
  next.expectOnlyInputs([...common, ...cache, ...Object.keys(graph.next.constants)]);
}

/**
 * One decoding with graphs exported by Hugging Face's optimum: the call with an empty history gives keys and
 * values of cross-attention, later calls take them; those that later calls may give again are not fetched.
 */
class HuggingFaceDecoder implements DecoderState {
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
      const data = (await readFloats(logits!)).slice();
      logits!.dispose();
      return data;
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
