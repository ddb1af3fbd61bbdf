import { AsrError } from '../../../errors.js';
import type { InferenceSession } from '../../../inference/backend.js';
import type { WhisperConfig } from '../config.js';
import { RowSharing } from './cross-cache.js';
import { agree, agreeIfKnown, GraphShape } from './graph-shape.js';
import { HuggingFaceDecoder } from './huggingface-decoder.js';
import type { HuggingFaceCall, HuggingFaceGraph } from './huggingface-decoder.js';
import type { LayoutContext, WhisperLayout } from './layout.js';
import { crossAttentionSlots, outputsOf, selfAttentionSlots } from './names.js';

export const ENCODER_OUTPUTS: readonly string[] = ['last_hidden_state'];

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
  const frames = agreeIfKnown('the encoder window', features.size(2), {
    value: positions.value && 2 * positions.value,
    source: `twice ${positions.source}`,
  });
  const heard = [
    firstShape.input('encoder_hidden_states').size(1),
    nextShape.input('past_key_values.0.encoder.key').size(2),
  ];

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
      outputs: ENCODER_OUTPUTS,
      melBins: agree('the number of mel bins', features.size(1), config.claim('num_mel_bins')),
      frames: { fixed: frames },
      openFreed: async () => {
        const { freeWindowLength, refuseDecoder } = await import('../short-windows/free-window.js');
        refuseDecoder(heard);
        return context.createSession(files.encoder, ENCODER_OUTPUTS, (file) => ({
          name: file.name,
          bytes: async (signal) => freeWindowLength(await file.bytes(signal), file.name, frames),
        }));
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
    startDecoder: (encoded, withAttention) =>
      new HuggingFaceDecoder(
        withAttention ? graph : { ...graph, attention: { outputs: [], heads: [] } },
        encoded['last_hidden_state']!,
      ),
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
