import type { SpectralFrontEndConfig } from '../front-end-config.js';
import { BASE, SAMPLE_RATE } from './base.js';
import type { GlobalStatistics } from './global-statistics.js';
import { kaldiFbankPreset } from './kaldi.js';

/** What differs between Mozilla and Coqui DeepSpeech models; for {@link mozillaPreset}. */
export interface MozillaPresetOptions {
  /** Cepstral coefficients kept. Default 26. */
  readonly coefficients?: number;
  /** Rows stacked before and after each; 0 for plain rows. Default 9. */
  readonly context?: number;
  /** What becomes of the end that fills no frame: dropped as in training (default), or padded as in the native client. */
  readonly tail?: 'drop' | 'pad';
}

/** Mozilla and Coqui DeepSpeech: TensorFlow's MFCC, each row between its neighbours, [frames, 19 × 26]. */
export function mozillaPreset(options: MozillaPresetOptions = {}): SpectralFrontEndConfig {
  const { coefficients = 26, context = 9, tail = 'drop' } = options;
  return {
    ...BASE,
    framing: { frameLength: 512, hopLength: 320, edges: tail === 'pad' ? 'snip-padded' : 'snip' },
    window: { type: 'hann', periodic: true },
    fftLength: 512,
    spectrum: 'magnitude',
    filters: { scale: 'tensorflow', bins: 40, lowFrequency: 20, highFrequency: SAMPLE_RATE / 2 },
    log: { scale: 1, floor: 1e-12, offset: 0 },
    cepstrum: { coefficients, scaling: 'uniform', lifter: 0, energy: false },
    stages: context === 0 ? [] : [{ type: 'context', before: context, after: context }],
  };
}

/** What differs between PaddleSpeech DeepSpeech 2 models; for {@link deepSpeech2PaddlePreset}. */
export interface PaddlePresetOptions {
  /** The model's global CMVN, see {@link statisticsFromSums}. Default none. */
  readonly statistics?: GlobalStatistics;
}

/** PaddleSpeech DeepSpeech 2: 161 Kaldi filter banks of 16-bit samples. Some of the filters are empty, as in training. */
export function deepSpeech2PaddlePreset({ statistics }: PaddlePresetOptions = {}): SpectralFrontEndConfig {
  return kaldiFbankPreset({
    bins: 161,
    snipEdges: true,
    highFrequency: 0,
    sampleScale: 32_768,
    ...(statistics === undefined ? {} : { statistics }),
  });
}

/** What differs between deepspeech.pytorch models; for {@link deepSpeech2PytorchPreset}. */
export interface DeepSpeech2PytorchPresetOptions {
  /** What librosa's centred frames saw past the ends: it reflected up to version 0.9 (default), and pads zeros since. */
  readonly edges?: 'center-reflect' | 'center-zero';
}

/** deepspeech.pytorch: log(1 + magnitude) of 161 spectrum bins, one mean and deviation per utterance. */
export function deepSpeech2PytorchPreset(
  options: DeepSpeech2PytorchPresetOptions = {},
): SpectralFrontEndConfig {
  const { edges = 'center-reflect' } = options;
  return {
    ...BASE,
    framing: { frameLength: 320, hopLength: 160, edges },
    window: { type: 'hamming', periodic: true },
    fftLength: 320,
    spectrum: 'magnitude',
    filters: null,
    log: { scale: 1, floor: 0, offset: 1 },
    stages: [
      {
        type: 'utterance-norm',
        over: 'values',
        scale: true,
        unbiased: true,
        varianceEpsilon: 0,
        epsilon: 0,
        minimum: Number.MIN_VALUE,
      },
    ],
  };
}
