import type { InferenceSession } from '../../../inference/backend.js';
import type { Tensor } from '../../../inference/tensor.js';
import { NO_ATTENTION } from './attention.js';
import type { DecoderState, DecoderStep, StepResult } from './decoder-run.js';
import { agree, agreeIfKnown, GraphShape } from './graph-shape.js';
import { KvCache } from './kv-cache.js';
import type { CacheSlot } from './kv-cache.js';
import type { LayoutContext, WhisperLayout } from './layout.js';
import { crossAttentionSlots, outputsOf, selfAttentionSlots } from './names.js';
import { floatArray, floatTensor } from './rows.js';
import type { FloatType } from './rows.js';
import { Int64Input } from './token-buffer.js';

/**
 * The SDK's own layout: the encoder gives the cross-attention keys and values, one decoder graph without
 * branches takes a history of any length, its rows share the keys and values of the window, and `logits_from`
 * spares the logits that nobody reads.
 */
export async function openFast(context: LayoutContext): Promise<WhisperLayout> {
  const { config, files } = context;
  const claimed = config.size('decoder_layers') ?? 0;
  const [encoder, decoder] = await Promise.all([
    context.createSession(files.encoder, outputsOf(crossAttentionSlots(claimed))),
    context.createSession(files.decoder, outputsOf(selfAttentionSlots(claimed))),
  ]);
  const encoderShape = new GraphShape(files.encoder, encoder);
  const decoderShape = new GraphShape(files.decoder, decoder);
  decoderShape.input('logits_from');

  const layers = agree(
    'the number of decoder layers',
    {
      value: decoderShape.countLayers('past_key_values.', '.decoder.key'),
      source: `inputs of ${files.decoder}`,
    },
    config.claim('decoder_layers'),
  );
  const first = decoderShape.input('past_key_values.0.decoder.key');
  const cross = encoderShape.output('present.0.encoder.key');
  encoderShape.output(`present.${layers - 1}.encoder.value`);
  const heads = agree(
    'the number of attention heads',
    first.size(1),
    cross.size(1),
    config.claim('decoder_attention_heads'),
  );
  const headSize = agree('the size of an attention head', first.size(3), cross.size(3), config.headSize);
  const features = encoderShape.input('input_features');
  const positions = agreeIfKnown('the encoder positions', config.claim('max_source_positions'));
  const hasAlignment = decoderShape.hasOutput('alignment');

  const slots = selfAttentionSlots(layers);
  const graph: FastDecoderGraph = {
    session: decoder,
    slots,
    cross: crossAttentionSlots(layers).map((slot) => slot.input),
    fetches: ['logits', ...outputsOf(slots)],
    fetchesOfOneRow: ['logits', ...outputsOf(slots), ...(hasAlignment ? ['alignment'] : [])],
    type: first.floatType,
    heads,
    headSize,
  };
  const outputs = outputsOf(crossAttentionSlots(layers));
  return {
    sessions: [encoder, decoder],
    encoder: {
      session: encoder,
      input: 'input_features',
      type: features.floatType,
      outputs,
      melBins: agree('the number of mel bins', features.size(1), config.claim('num_mel_bins')),
      frames: { fixed: features.size(2).value, max: positions && 2 * positions },
    },
    vocabularySize: agree(
      'the vocabulary size',
      decoderShape.output('logits').size(2),
      config.claim('vocab_size'),
    ),
    maxTokens: agree('the longest token history', config.claim('max_target_positions')),
    noAlignment: hasAlignment
      ? undefined
      : `${files.decoder} has no "alignment" output: export it with the alignment heads of the checkpoint's generation_config.json`,
    countFrames: (encoded) => encoded[outputs[0]!]!.dims[2]!,
    startDecoder: (encoded, withAttention) =>
      new FastDecoder(
        withAttention ? graph : { ...graph, fetchesOfOneRow: graph.fetches },
        outputs.map((name) => encoded[name]!),
      ),
  };
}

interface FastDecoderGraph {
  readonly session: InferenceSession;
  readonly slots: readonly CacheSlot[];
  readonly cross: readonly string[];
  readonly fetches: readonly string[];
  /** With alignment, which is for one row alone. */
  readonly fetchesOfOneRow: readonly string[];
  readonly type: FloatType;
  readonly heads: number;
  readonly headSize: number;
}

class FastDecoder implements DecoderState {
  readonly appendsMany = true;
  readonly #graph: FastDecoderGraph;
  readonly #self: KvCache;
  readonly #from = new Int64Input();
  /** One object for all steps: the window's keys and values stay in it. */
  readonly #feeds: Record<string, Tensor> = {};

  constructor(graph: FastDecoderGraph, cross: readonly Tensor[]) {
    this.#graph = graph;
    this.#self = new KvCache(graph.slots, 0);
    for (const [i, name] of graph.cross.entries()) this.#feeds[name] = cross[i]!;
  }

  async step({ ids, rows, from }: DecoderStep): Promise<StepResult> {
    const { session, slots, type, heads, headSize, fetches, fetchesOfOneRow } = this.#graph;
    const feeds = this.#feeds;
    feeds['input_ids'] = ids;
    feeds['logits_from'] = this.#from.count(from, 1);
    if (this.#self.isEmpty) {
      const empty = floatTensor(type, floatArray(type, 0), [rows, heads, 0, headSize]);
      for (const slot of slots) feeds[slot.input] = empty;
    } else {
      this.#self.write(feeds);
    }
    const outputs = await session.run(feeds, rows === 1 ? fetchesOfOneRow : fetches);
    this.#self.replace(outputs);
    const { alignment } = outputs;
    return {
      logits: outputs['logits']!,
      first: from,
      attention: alignment ? { tensors: [alignment], heads: undefined } : NO_ATTENTION,
    };
  }

  select(parents: readonly number[]): Promise<void> {
    return this.#self.select(parents);
  }

  dispose(): void {
    this.#self.dispose();
  }
}
