import type { InferenceSession } from '../../../inference/backend.js';
import { createTensor, disposeTensors } from '../../../inference/tensor.js';
import type { Tensor } from '../../../inference/tensor.js';
import { NO_ATTENTION } from './attention.js';
import { CrossCache, RowSharing } from './cross-cache.js';
import type { DecoderState, DecoderStep, StepResult } from './decoder-run.js';
import { agree, agreeIfKnown, GraphShape } from './graph-shape.js';
import { KvCache } from './kv-cache.js';
import type { CacheSlot } from './kv-cache.js';
import type { LayoutContext, WhisperLayout } from './layout.js';
import { floatArray, floatTensor } from './rows.js';
import type { FloatType } from './rows.js';
import { Int64Input } from './token-buffer.js';
import { takeFloats } from './read-floats.js';

/** Tensors are stacked over layers, rows come second. */
const ROWS = 1;

const SELF: readonly CacheSlot[] = [
  { input: 'in_n_layer_self_k_cache', output: 'out_n_layer_self_k_cache' },
  { input: 'in_n_layer_self_v_cache', output: 'out_n_layer_self_v_cache' },
];

/** Outputs of the encoder and inputs of the decoder alike. */
const CROSS = ['n_layer_cross_k', 'n_layer_cross_v'];

/**
 * sherpa-onnx's export: the encoder gives cross-attention keys and values of all layers in two tensors; the
 * decoder keeps its own in two caches of fixed size (`layers × rows × 448 × width`), of which `offset` positions
 * are in use. (k2-fsa/sherpa-onnx, `scripts/whisper/export-onnx.py`, `export-onnx-with-attention.py`)
 */
export async function openSherpa(context: LayoutContext): Promise<WhisperLayout> {
  const { files, config } = context;
  const [encoder, decoder] = await Promise.all([
    context.createSession(files.encoder, CROSS),
    context.createSession(
      files.decoder,
      SELF.map((slot) => slot.output),
    ),
  ]);
  const encoderShape = new GraphShape(files.encoder, encoder);
  const decoderShape = new GraphShape(files.decoder, decoder);
  const cache = decoderShape.input(SELF[0]!.input);
  const cross = encoderShape.output(CROSS[0]!);
  const mel = encoderShape.input('mel');
  const taken = decoderShape.input(CROSS[0]!);
  for (const name of [...CROSS, 'tokens', 'offset']) decoderShape.input(name);
  decoderShape.expectOnlyInputs([...CROSS, ...SELF.map((slot) => slot.input), 'tokens', 'offset']);

  const layers = agree(
    'the number of decoder layers',
    cache.size(0),
    cross.size(0),
    taken.size(0),
    config.claim('decoder_layers'),
  );
  const width = agree(
    'the width of the decoder',
    cache.size(3),
    cross.size(3),
    taken.size(3),
    config.claim('d_model'),
  );
  const maxTokens = agree('the longest token history', cache.size(2), config.claim('max_target_positions'));
  const hasAttention = decoderShape.hasOutput('cross_attention_weights');
  const graph: SherpaGraph = {
    session: decoder,
    hasAttention,
    type: cache.floatType,
    cacheDims: [layers, 1, maxTokens, width],
    sharing: new RowSharing(),
  };
  return {
    sessions: [encoder, decoder],
    encoder: {
      session: encoder,
      input: 'mel',
      type: mel.floatType,
      outputs: CROSS,
      melBins: agree('the number of mel bins', mel.size(1), config.claim('num_mel_bins')),
      frames: { fixed: mel.size(2).value },
    },
    vocabularySize:
      agreeIfKnown(
        'the vocabulary size',
        decoderShape.output('logits').size(2),
        config.claim('vocab_size'),
      ) ?? (await measureVocabulary(graph)),
    maxTokens,
    noAlignment: hasAttention
      ? undefined
      : `${files.decoder} has no "cross_attention_weights" output: export it with sherpa-onnx's export-onnx-with-attention.py`,
    countFrames: (encoded) => encoded[CROSS[0]!]!.dims[2]!,
    startDecoder: (encoded, withAttention) =>
      new SherpaDecoder(
        withAttention ? graph : { ...graph, hasAttention: false },
        CROSS.map((name) => encoded[name]!),
      ),
  };
}

interface SherpaGraph {
  readonly session: InferenceSession;
  readonly hasAttention: boolean;
  readonly type: FloatType;
  /** Shape of a cache of one row. */
  readonly cacheDims: readonly [layers: number, rows: number, positions: number, width: number];
  readonly sharing: RowSharing;
}

/** An empty cache of `rows` rows. */
function emptyCache({ type, cacheDims }: SherpaGraph, rows: number): Tensor {
  const [layers, , positions, width] = cacheDims;
  return floatTensor(type, floatArray(type, layers * rows * positions * width), [
    layers,
    rows,
    positions,
    width,
  ]);
}

/** Some exports leave the width of the logits open: one step on a single silent frame shows it. */
async function measureVocabulary(graph: SherpaGraph): Promise<number> {
  const [layers, , , width] = graph.cacheDims;
  const frame = floatTensor(graph.type, floatArray(graph.type, layers * width), [layers, 1, 1, width]);
  const state = new SherpaDecoder(graph, [frame, frame]);
  try {
    const step = { ids: new Int64Input().write([0], [1, 1]), rows: 1, tokens: 1, past: 0, from: 0 };
    const { logits, attention } = await state.step(step);
    disposeTensors([logits, ...attention.tensors]);
    return logits.dims.at(-1)!;
  } finally {
    state.dispose();
  }
}

class SherpaDecoder implements DecoderState {
  /** The graph cuts its causal mask to the new tokens, which fits an empty history only. */
  readonly appendsMany = false;
  readonly #graph: SherpaGraph;
  readonly #self = new KvCache(SELF, ROWS);
  readonly #cross: CrossCache;
  readonly #offset = new Int64Input();
  readonly #feeds: Record<string, Tensor> = {};

  /** @param cross The encoder's outputs; not owned. */
  constructor(graph: SherpaGraph, cross: readonly Tensor[]) {
    this.#graph = graph;
    this.#cross = new CrossCache(CROSS, ROWS, cross, false);
  }

  async step(step: DecoderStep): Promise<StepResult> {
    const { session, hasAttention, sharing } = this.#graph;
    const { ids, rows, past } = step;
    const feeds = this.#feeds;
    feeds['offset'] = this.#offset.count(past, 1);
    if (past === 0) {
      const empty = emptyCache(this.#graph, rows);
      for (const slot of SELF) feeds[slot.input] = empty;
    } else {
      this.#self.write(feeds);
    }
    const shared = rows === 1 || (await sharing.decide((crossRows) => this.#probe(step, crossRows)));
    feeds['tokens'] = ids;
    await this.#cross.write(feeds, shared ? 1 : rows);
    const attention = hasAttention && rows === 1;
    const outputs = await session.run(feeds, [
      'logits',
      ...SELF.map((slot) => slot.output),
      ...(attention ? ['cross_attention_weights'] : []),
    ]);
    this.#self.replace(outputs);
    return {
      logits: outputs['logits']!,
      first: 0,
      attention: attention
        ? { tensors: [outputs['cross_attention_weights']!], heads: undefined }
        : NO_ATTENTION,
    };
  }

  select(parents: readonly number[], past: number): Promise<void> {
    return this.#self.select(parents, past);
  }

  dispose(): void {
    this.#self.dispose();
    this.#cross.dispose();
  }

  /** Logits of the step's first two rows, the history left as it is. */
  async #probe({ ids, tokens, past }: DecoderStep, crossRows: 1 | 2): Promise<Float32Array> {
    const feeds: Record<string, Tensor> = {
      ...this.#feeds,
      tokens: createTensor('int64', ids.data.slice(0, 2 * tokens), [2, tokens]),
    };
    const empty = past === 0 ? emptyCache(this.#graph, 2) : undefined;
    const caches = empty ? SELF.map(() => empty) : await this.#self.gather([0, 1], past);
    for (const [i, slot] of SELF.entries()) feeds[slot.input] = caches[i]!;
    try {
      await this.#cross.write(feeds, crossRows);
      const { logits } = await this.#graph.session.run(feeds, ['logits']);
      return await takeFloats(logits!);
    } finally {
      disposeTensors(caches);
      this.#cross.releaseCopies();
    }
  }
}
