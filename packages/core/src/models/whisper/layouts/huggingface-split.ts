import { AsrError } from '../../../errors.js';
import { cacheOutputs, ENCODER_OUTPUTS, huggingFaceLayout } from './huggingface.js';
import type { LayoutContext, WhisperLayout } from './layout.js';

/** `decoder_model` for an empty history and `decoder_with_past_model` for later steps. */
export async function openHuggingFaceSplit(context: LayoutContext): Promise<WhisperLayout> {
  const { files, config } = context;
  const { decoderWithPast } = files;
  if (decoderWithPast === undefined) {
    throw new AsrError('MODEL_NOT_FOUND', 'layout huggingface-split needs decoder_with_past_model.onnx');
  }
  const { self, cross } = cacheOutputs(config);
  const [encoder, first, next] = await Promise.all([
    context.createSession(files.encoder, ENCODER_OUTPUTS),
    context.createSession(files.decoder, [...self, ...cross]),
    context.createSession(decoderWithPast, self),
  ]);
  return huggingFaceLayout(
    context,
    encoder,
    { file: files.decoder, session: first, constants: {} },
    { file: decoderWithPast, session: next, constants: {} },
  );
}
