import type { CepstrumOptions } from './cepstrum.js';
import type { Framing } from './framing.js';
import type { RowStageConfig } from './row-stages.js';
import type { WindowType } from './windows.js';

/** Which filters gather the spectrum into bins; see `slaney-filter-bank.ts` and `mel-scales.ts` for what each means. */
export type FilterScale = 'slaney' | 'kaldi' | 'speechbrain' | 'tensorflow';

/**
 * A spectral front end, step by step, in the order in which a frame passes them. Presets make one for each model family;
 * change a field for a model trained otherwise.
 */
export interface SpectralFrontEndConfig {
  /** Tells the two kinds of front end apart. */
  readonly type: 'spectral';
  /** Rate of the audio, in Hz. */
  readonly sampleRate: number;
  /** What −1…1 samples are multiplied by: 1, or 32 768 for models trained on 16-bit integers. */
  readonly sampleScale: number;
  /**
   * High-pass y[n] = x[n] − coefficient·x[n − 1]: over the whole `signal` (the first sample stays), or inside each
   * `frame` (its first sample is its own predecessor). `null` for none.
   */
  readonly preEmphasis: { readonly coefficient: number; readonly scope: 'signal' | 'frame' } | null;
  /** Length, distance and edges of the frames. */
  readonly framing: Framing;
  /** Subtract each frame's mean before anything else. */
  readonly removeDc: boolean;
  /** What each frame is multiplied by; `periodic` windows have a period of their length, others one less. */
  readonly window: { readonly type: WindowType; readonly periodic: boolean };
  /** Frames are padded with zeros to this length; see `RealFft` for the lengths that work. */
  readonly fftLength: number;
  /** Squared magnitudes of the transform, or magnitudes. */
  readonly spectrum: 'power' | 'magnitude';
  /** `null` keeps the `fftLength / 2 + 1` spectrum bins. Frequencies in Hz. */
  readonly filters: {
    readonly scale: FilterScale;
    readonly bins: number;
    readonly lowFrequency: number;
    readonly highFrequency: number;
  } | null;
  /** Each value becomes scale · ln(max(value, floor) + offset). */
  readonly log: { readonly scale: number; readonly floor: number; readonly offset: number };
  /** `null` keeps the log energies. */
  readonly cepstrum: CepstrumOptions | null;
  /** What is done to the rows, in order: stacking, normalisation. */
  readonly stages: readonly RowStageConfig[];
  /** Zero rows after the last frame: `rows` of them, then up to a multiple of `multiple`. */
  readonly padding: { readonly rows: number; readonly multiple: number };
}

/** The waveform itself, one value per row, for models that learn their own features. */
export interface WaveFrontEndConfig {
  /** Tells the two kinds of front end apart. */
  readonly type: 'wave';
  /** Rate of the audio, in Hz. */
  readonly sampleRate: number;
  /** Bring the utterance to zero mean and unit variance: (x − mean) / √(variance + epsilon). `null` for raw samples. */
  readonly normalize: { readonly epsilon: number } | null;
}

/** A front end, described: from mono samples to the rows that a model takes. */
export type FrontEndConfig = SpectralFrontEndConfig | WaveFrontEndConfig;
