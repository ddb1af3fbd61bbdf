import type { SpectralFrontEndConfig } from '../front-end-config.js';
import { BASE, SAMPLE_RATE } from './base.js';

/** What differs between NeMo models, under the names of their `preprocessor` section; for {@link nemoPreset}. */
export interface NemoPresetOptions {
  /** Mel bins: 80, or 128 for Parakeet TDT and Canary. Default 80. */
  readonly bins?: number;
  /** Zero mean and unit deviation per bin over the utterance (`per_feature`), or none (`NA`). Default `per_feature`. */
  readonly normalize?: 'per_feature' | 'none';
  /** Zero rows up to a multiple of this many (`pad_to`). Default 1: none. */
  readonly padTo?: number;
}

/**
 * NeMo's `AudioToMelSpectrogramPreprocessor`. As there, one zero row follows the ⌊samples / 160⌋ frames that count
 * (`validFrames`).
 */
export function nemoPreset(options: NemoPresetOptions = {}): SpectralFrontEndConfig {
  const { bins = 80, normalize = 'per_feature', padTo = 1 } = options;
  return {
    ...BASE,
    preEmphasis: { coefficient: 0.97, scope: 'signal' },
    framing: { frameLength: 400, hopLength: 160, edges: 'center-zero', dropLastFrame: true },
    window: { type: 'hann', periodic: false },
    fftLength: 512,
    filters: { scale: 'slaney', bins, lowFrequency: 0, highFrequency: SAMPLE_RATE / 2 },
    log: { scale: 1, floor: 0, offset: 2 ** -24 },
    stages:
      normalize === 'none'
        ? []
        : [
            {
              type: 'utterance-norm',
              over: 'column',
              scale: true,
              unbiased: true,
              varianceEpsilon: 0,
              epsilon: 1e-5,
              minimum: 0,
            },
          ],
    padding: { rows: 1, multiple: padTo },
  };
}
