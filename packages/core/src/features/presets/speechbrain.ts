import type { SpectralFrontEndConfig } from '../front-end-config.js';
import type { RowStageConfig } from '../row-stages.js';
import { BASE, SAMPLE_RATE } from './base.js';
import { globalNormalization, type GlobalStatistics } from './global-statistics.js';

/** What differs between SpeechBrain models; for {@link speechBrainPreset}. Audio is at 16 kHz, rows are 10 ms apart. */
export interface SpeechBrainPresetOptions {
  /** Mel bins. Default 80. */
  readonly bins?: number;
  /** Default 400. */
  readonly fftLength?: number;
  /** Window length in samples. Default 400 (25 ms). */
  readonly windowLength?: number;
  /**
   * `InputNormalization`: `global` statistics of the training data (see {@link statisticsFromDeviation}), or per
   * `sentence`. Default none.
   */
  readonly normalize?: GlobalStatistics | 'sentence';
}

/** SpeechBrain's `Fbank`: decibels, limited to 80 dB below the utterance's peak. */
export function speechBrainPreset(options: SpeechBrainPresetOptions = {}): SpectralFrontEndConfig {
  const { bins = 80, fftLength = 400, windowLength = 400, normalize } = options;
  const sentence: RowStageConfig = {
    type: 'utterance-norm',
    over: 'column',
    scale: true,
    unbiased: false,
    varianceEpsilon: 0,
    epsilon: 0,
    minimum: 1e-10,
  };
  return {
    ...BASE,
    framing: { frameLength: windowLength, hopLength: 160, edges: 'center-zero' },
    window: { type: 'hamming', periodic: true },
    fftLength,
    filters: { scale: 'speechbrain', bins, lowFrequency: 0, highFrequency: SAMPLE_RATE / 2 },
    log: { scale: 10 / Math.LN10, floor: 1e-10, offset: 0 },
    stages: [
      { type: 'peak-floor', range: 80 },
      ...(normalize === 'sentence' ? [sentence] : globalNormalization(normalize)),
    ],
  };
}
