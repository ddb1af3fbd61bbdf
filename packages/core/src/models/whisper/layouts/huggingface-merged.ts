import { createTensor } from '../../../inference/tensor.js';
import { GraphShape } from './graph-shape.js';
import { cacheOutputs, ENCODER_OUTPUTS, huggingFaceLayout } from './huggingface.js';
import type { HuggingFaceCall } from './huggingface-decoder.js';
import type { LayoutContext, WhisperLayout } from './layout.js';

/**
 * `decoder_model_merged`: one graph with two branches. `use_cache_branch` says which is taken; the branch
 * without cache ignores the cache inputs, the other gives empty cross-attention outputs.
 */
export async function openHuggingFaceMerged(context: LayoutContext): Promise<WhisperLayout> {
  const { files, config } = context;
  const { self, cross } = cacheOutputs(config);
  const [encoder, decoder] = await Promise.all([
    context.createSession(files.encoder, ENCODER_OUTPUTS),
    context.createSession(files.decoder, [...self, ...cross]),
  ]);
  new GraphShape(files.decoder, decoder).input('use_cache_branch');
  const call = (cached: boolean): HuggingFaceCall => ({
    file: files.decoder,
    session: decoder,
    constants: { use_cache_branch: createTensor('bool', Uint8Array.of(Number(cached)), [1]) },
  });
  return huggingFaceLayout(context, encoder, call(false), call(true));
}
