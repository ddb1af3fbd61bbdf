import type { SpectralFrontEndConfig } from '../front-end-config.js';
import { BASE, SAMPLE_RATE } from './base.js';

/** What differs between Whisper's features; for {@link whisperPreset}. */
export interface WhisperPresetOptions {
  /** Mel bins: 80, or 128 for large-v3 and turbo. Default 80. */
  readonly bins?: number;
}

/**
 * openai-whisper's log-mel as rows of any length, for CTC models on top of such features: log10 energies, floored 8 below the
 * utterance's maximum, plus 4, divided by 4. The values are those of {@link whisperLogMel}, whose columns are these rows; for
 * Whisper itself take that one, which knows windows of 30 s and silence.
 *
 * The maximum is that of the utterance, so a stream's rows are ready at its end.
 */
export function whisperPreset({ bins = 80 }: WhisperPresetOptions = {}): SpectralFrontEndConfig {
  return {
    ...BASE,
    framing: { frameLength: 400, hopLength: 160, edges: 'center-reflect', dropLastFrame: true },
    window: { type: 'hann', periodic: true },
    fftLength: 400,
    filters: { scale: 'slaney', bins, lowFrequency: 0, highFrequency: SAMPLE_RATE / 2 },
    log: { scale: 1 / Math.LN10, floor: 1e-10, offset: 0 },
    stages: [
      { type: 'peak-floor', range: 8 },
      {
        type: 'global-norm',
        shift: new Float32Array(bins).fill(4),
        scale: new Float32Array(bins).fill(1 / 4),
      },
    ],
  };
}
