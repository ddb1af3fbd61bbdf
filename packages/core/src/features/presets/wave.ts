import type { WaveFrontEndConfig } from '../front-end-config.js';
import { SAMPLE_RATE } from './base.js';

/** What differs between models that take the waveform itself; for {@link wavePreset}. */
export interface WavePresetOptions {
  /** Bring the utterance to zero mean and unit variance (`do_normalize`). Default true. */
  readonly normalize?: boolean;
}

/** wav2vec 2.0, HuBERT, WavLM, data2vec, MMS (normalised) and Moonshine (raw). */
export function wavePreset({ normalize = true }: WavePresetOptions = {}): WaveFrontEndConfig {
  return { type: 'wave', sampleRate: SAMPLE_RATE, normalize: normalize ? { epsilon: 1e-7 } : null };
}
