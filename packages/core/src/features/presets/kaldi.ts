import type { SpectralFrontEndConfig } from '../front-end-config.js';
import type { RowStageConfig } from '../row-stages.js';
import { BASE, SAMPLE_RATE } from './base.js';
import { globalNormalization, type GlobalStatistics } from './global-statistics.js';

/** What differs between models on Kaldi filter banks; for {@link kaldiFbankPreset}. The names follow Kaldi's options. */
export interface KaldiPresetOptions {
  /** Rate of the audio in Hz; frames are 25 ms long, 10 ms apart. Default 16 000. */
  readonly sampleRate?: number;
  /** Mel bins. Default 80 (fbank), 40 (MFCC). */
  readonly bins?: number;
  /** In Hz. Default 20. */
  readonly lowFrequency?: number;
  /** In Hz; 0 or less counts down from the Nyquist frequency. Default −400. */
  readonly highFrequency?: number;
  /** Only frames that fit into the audio. Default false (fbank), true (MFCC). */
  readonly snipEdges?: boolean;
  /** Default `povey`. */
  readonly window?: 'povey' | 'hamming' | 'hann' | 'rectangular';
  /** 32 768 for models trained on 16-bit integers. Default 1 (fbank, as sherpa-onnx), 32 768 (MFCC). */
  readonly sampleScale?: number;
  /** Fixed normalisation of the features. Default none. */
  readonly statistics?: GlobalStatistics;
}

/**
 * Kaldi log-mel filter banks as icefall's zipformers take them in sherpa-onnx. Note that kaldi-native-fbank's own defaults
 * are others (`snip_edges`, 23 bins, high frequency 0, dither).
 */
export function kaldiFbankPreset(options: KaldiPresetOptions = {}): SpectralFrontEndConfig {
  const {
    sampleRate = SAMPLE_RATE,
    bins = 80,
    lowFrequency = 20,
    highFrequency = -400,
    snipEdges = false,
    window = 'povey',
    sampleScale = 1,
    statistics,
  } = options;
  const frameLength = Math.round(sampleRate * 0.025);
  return {
    ...BASE,
    sampleRate,
    sampleScale,
    preEmphasis: { coefficient: 0.97, scope: 'frame' },
    framing: {
      frameLength,
      hopLength: Math.round(sampleRate * 0.01),
      edges: snipEdges ? 'snip' : 'mirror',
    },
    removeDc: true,
    window: { type: window, periodic: false },
    fftLength: 2 ** Math.ceil(Math.log2(frameLength)),
    filters: {
      scale: 'kaldi',
      bins,
      lowFrequency,
      highFrequency: highFrequency > 0 ? highFrequency : sampleRate / 2 + highFrequency,
    },
    // Kaldi's floor is the float32 epsilon.
    log: { scale: 1, floor: 2 ** -23, offset: 0 },
    stages: globalNormalization(statistics),
  };
}

/** What differs between SenseVoice and Paraformer models; for {@link kaldiLfrPreset}. */
export interface KaldiLfrPresetOptions {
  /** `neg_mean` and `inv_stddev` of the model, for stacked rows. Default none. */
  readonly statistics?: GlobalStatistics;
}

/** SenseVoice and Paraformer: Kaldi filter banks of 16-bit samples, 7 frames stacked every 6 (FunASR `WavFrontend`). */
export function kaldiLfrPreset({ statistics }: KaldiLfrPresetOptions = {}): SpectralFrontEndConfig {
  const fbank = kaldiFbankPreset({
    snipEdges: true,
    window: 'hamming',
    highFrequency: 0,
    sampleScale: 32_768,
  });
  const stacking: RowStageConfig = { type: 'low-frame-rate', stack: 7, skip: 6 };
  return { ...fbank, stages: [stacking, ...globalNormalization(statistics)] };
}

/** What differs between models on Kaldi MFCC; for {@link kaldiMfccPreset}. */
export interface KaldiMfccPresetOptions extends KaldiPresetOptions {
  /** Cepstral coefficients kept. Default 40. */
  readonly coefficients?: number;
  /** Cepstral lifter; 0 for none. Default 22. */
  readonly lifter?: number;
  /** Replace c0 by the frame's log energy. Default false. */
  readonly useEnergy?: boolean;
}

/** Kaldi MFCC; by default the high-resolution ones of nnet3 models (Vosk). */
export function kaldiMfccPreset(options: KaldiMfccPresetOptions = {}): SpectralFrontEndConfig {
  const { coefficients = 40, lifter = 22, useEnergy = false, ...rest } = options;
  return {
    ...kaldiFbankPreset({ bins: 40, snipEdges: true, sampleScale: 32_768, ...rest }),
    cepstrum: { coefficients, scaling: 'orthonormal', lifter, energy: useEnergy },
  };
}
