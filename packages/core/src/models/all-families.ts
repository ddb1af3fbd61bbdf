import { deepSpeechFamily } from './ctc/families/deepspeech.js';
import { deepSpeech2PaddleFamily } from './ctc/families/deepspeech2-paddle.js';
import { deepSpeech2PytorchFamily } from './ctc/families/deepspeech2-pytorch.js';
import { nemoCtcFamily } from './ctc/families/nemo.js';
import { speechBrainCtcFamily } from './ctc/families/speechbrain.js';
import { wav2vec2Family } from './ctc/families/wav2vec2.js';
import { waveformCtcFamily } from './ctc/families/waveform.js';
import { zipformerCtcFamily } from './ctc/families/zipformer.js';
import type { Family } from './family.js';
import { transducerFamily } from './transducer/transducer-family.js';
import { whisperFamily } from './whisper/whisper-family.js';

/** Every family there is, as `loadModel` and `inspectModel` of node and web recognise them. */
export const allFamilies: readonly Family[] = [
  whisperFamily,
  wav2vec2Family,
  waveformCtcFamily,
  zipformerCtcFamily,
  transducerFamily,
  nemoCtcFamily,
  deepSpeechFamily,
  deepSpeech2PaddleFamily,
  deepSpeech2PytorchFamily,
  speechBrainCtcFamily,
];
