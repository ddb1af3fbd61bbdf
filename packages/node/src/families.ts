import {
  deepSpeechFamily,
  nemoCtcFamily,
  speechBrainCtcFamily,
  wav2vec2Family,
  whisperFamily,
  zipformerCtcFamily,
  type Family,
} from '@org/asr-core';

/** What `loadModel` and `inspectModel` recognise. */
export const families: readonly Family[] = [
  whisperFamily,
  wav2vec2Family,
  zipformerCtcFamily,
  nemoCtcFamily,
  deepSpeechFamily,
  speechBrainCtcFamily,
];
