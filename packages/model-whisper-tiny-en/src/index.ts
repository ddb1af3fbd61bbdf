import type { PackagedModel } from '@org/asr-core';

/**
 * OpenAI Whisper tiny.en: English, 39 M parameters, int8 graphs (42 MB).
 *
 * Pass it to `loadModel`. Every address is written out, so that bundlers find the files and emit them. The type is
 * stated by `satisfies`, so that the declarations need no other package.
 */
export const whisperTinyEn = {
  name: 'whisper-tiny.en',
  urls: {
    'config.json': new URL('../model/config.json', import.meta.url),
    'decoder.onnx': new URL('../model/decoder.onnx', import.meta.url),
    'encoder.onnx': new URL('../model/encoder.onnx', import.meta.url),
    'export.json': new URL('../model/export.json', import.meta.url),
    'generation_config.json': new URL('../model/generation_config.json', import.meta.url),
    'preprocessor_config.json': new URL('../model/preprocessor_config.json', import.meta.url),
    'tokenizer.json': new URL('../model/tokenizer.json', import.meta.url),
  },
} satisfies PackagedModel;

export default whisperTinyEn;
