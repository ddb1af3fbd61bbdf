import type { SpectralFrontEndConfig, WaveFrontEndConfig } from './front-end-config.js';
import type { RowStageConfig } from './row-stages.js';

/** Rate of the audio that all presets were made for, in Hz. */
const SAMPLE_RATE = 16_000;

/** Settings that most presets share; each spreads what differs over it. */
const BASE = {
  type: 'spectral',
  sampleRate: SAMPLE_RATE,
  sampleScale: 1,
  preEmphasis: null,
  removeDc: false,
  spectrum: 'power',
  cepstrum: null,
  stages: [],
  padding: { rows: 0, multiple: 1 },
} as const;

/** Shift and scale per feature, from training statistics: (x + shift) · scale. */
export interface GlobalStatistics {
  readonly shift: Float32Array;
  readonly scale: Float32Array;
}

function globalNormalization(statistics: GlobalStatistics | undefined): readonly RowStageConfig[] {
  return statistics === undefined ? [] : [{ type: 'global-norm', ...statistics }];
}

/**
 * Global statistics from a mean and a deviation per feature: (x − mean) / max(deviation, 1e-10), as SpeechBrain's
 * `InputNormalization(norm_type='global')` applies `glob_mean` and `glob_std`.
 */
export function statisticsFromDeviation(
  mean: ArrayLike<number>,
  deviation: ArrayLike<number>,
): GlobalStatistics {
  return {
    shift: Float32Array.from(mean, (value) => -value),
    scale: Float32Array.from(deviation, (value) => 1 / Math.max(value, 1e-10)),
  };
}

/**
 * Global statistics from sums over the training frames, as PaddleSpeech's CMVN files hold them (`mean_stat`, `var_stat`,
 * `frame_num`).
 */
export function statisticsFromSums(
  sums: ArrayLike<number>,
  squareSums: ArrayLike<number>,
  frames: number,
): GlobalStatistics {
  const mean = Float64Array.from(sums, (sum) => sum / frames);
  const deviation = Float64Array.from(squareSums, (sum, i) =>
    Math.sqrt(Math.max(sum / frames - mean[i]! ** 2, 1e-20)),
  );
  return statisticsFromDeviation(mean, deviation);
}

export interface WavePresetOptions {
  /** Bring the utterance to zero mean and unit variance (`do_normalize`). Default true. */
  readonly normalize?: boolean;
}

/** wav2vec 2.0, HuBERT, WavLM, data2vec, MMS (normalised) and Moonshine (raw). */
export function wavePreset({ normalize = true }: WavePresetOptions = {}): WaveFrontEndConfig {
  return { type: 'wave', sampleRate: SAMPLE_RATE, normalize: normalize ? { epsilon: 1e-7 } : null };
}

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
