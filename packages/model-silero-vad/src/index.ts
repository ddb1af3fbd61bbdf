import type { PackagedModel } from '@org/asr-core';

/**
 * Silero VAD 6.2.3: tells speech from everything else, in any language, at 16 kHz (1.2 MB).
 *
 * Pass it to `loadVad`. Every address is written out, so that bundlers find the files and emit them. The type is
 * stated by `satisfies`, so that the declarations need no other package.
 */
export const sileroVad = {
  name: 'silero-vad-6',
  urls: {
    'silero_vad_16k_sequence.onnx': new URL('../model/silero_vad_16k_sequence.onnx', import.meta.url),
  },
} satisfies PackagedModel;

export default sileroVad;
