import { openWhisperGraphs } from '@org/asr-core';
import type { ModelFiles } from '@org/asr-core';
import { createWebBackend } from '@org/asr-web';
import { expect, it } from 'vitest';
import reference from '../../fixtures/whisper-tiny-random/reference.json';

// Written out, because Vite looks for such addresses.
const urls: Readonly<Record<string, URL>> = {
  'config.json': new URL(
    '../../fixtures/whisper-tiny-random/huggingface-merged/config.json',
    import.meta.url,
  ),
  'generation_config.json': new URL(
    '../../fixtures/whisper-tiny-random/huggingface-merged/generation_config.json',
    import.meta.url,
  ),
  'onnx/encoder_model.onnx': new URL(
    '../../fixtures/whisper-tiny-random/huggingface-merged/onnx/encoder_model.onnx',
    import.meta.url,
  ),
  'onnx/decoder_model_merged.onnx': new URL(
    '../../fixtures/whisper-tiny-random/huggingface-merged/onnx/decoder_model_merged.onnx',
    import.meta.url,
  ),
};
const files: ModelFiles = {
  origin: 'fixtures',
  list: () => Promise.resolve(Object.keys(urls)),
  open: (name) =>
    Promise.resolve({
      name,
      bytes: async () => new Uint8Array(await (await fetch(urls[name]!)).arrayBuffer()),
    }),
};
const FULL = 20;
const SHORT = 12;

/** An encoder that was exported for one length; the reference is numpy's, with as many positions as the window has. */
it('takes short windows with an encoder of Hugging Face’s layout, which is opened again for them', async () => {
  await using backend = await createWebBackend({ threads: 1 });
  await using graphs = await openWhisperGraphs(files, backend);
  const features = Float32Array.from({ length: reference.mels * SHORT }, (_, i) => {
    return reference.features[Math.floor(i / SHORT) * FULL + (i % SHORT)]!;
  });
  await expect(graphs.encode(features, SHORT)).rejects.toThrow(/takes 20, got 12/u);
  await graphs.allowShortWindows();
  const audio = await graphs.encode(features, SHORT);
  const decoder = audio.startDecoder();
  const logits = await decoder.append(reference.short.tokens, 1, 0);
  const far = reference.short.logits.map((value, i) => Math.abs(value - logits[i]!));
  expect(logits.length).toBe(far.length);
  expect(Math.max(...far)).toBeLessThan(2e-5);
  decoder.dispose();
  audio.dispose();
  expect(backend.liveTensors).toBe(0);
});
