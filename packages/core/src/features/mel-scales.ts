import { MelFilterBank } from './mel-filter-bank.js';

/** What every mel filter bank is made from. */
export interface MelGeometry {
  /** Number of mel bins (filters). */
  readonly filters: number;
  /** FFT length the spectrum comes from; it has `fftLength / 2 + 1` bins. */
  readonly fftLength: number;
  /** Sample rate in Hz. */
  readonly sampleRate: number;
  /** Lower edge of the first filter, in Hz. */
  readonly lowFrequency: number;
  /** Upper edge of the last filter, in Hz. */
  readonly highFrequency: number;
}

const SLANEY_LINEAR_HZ = 200 / 3;
const SLANEY_BREAK_HZ = 1000;
const SLANEY_BREAK_MEL = 15;
const SLANEY_LOG_STEP = Math.log(6.4) / 27;

function slaneyMel(hz: number): number {
  return hz < SLANEY_BREAK_HZ
    ? hz / SLANEY_LINEAR_HZ
    : SLANEY_BREAK_MEL + Math.log(hz / SLANEY_BREAK_HZ) / SLANEY_LOG_STEP;
}

function slaneyHz(mel: number): number {
  return mel < SLANEY_BREAK_MEL
    ? mel * SLANEY_LINEAR_HZ
    : SLANEY_BREAK_HZ * Math.exp((mel - SLANEY_BREAK_MEL) * SLANEY_LOG_STEP);
}

/** Natural-log mel scale of HTK, Kaldi and TensorFlow. */
function kaldiMel(hz: number): number {
  return 1127 * Math.log(1 + hz / 700);
}

function htkMel(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

function htkHz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

function linearSpace(from: number, to: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

function triangle(x: number, left: number, centre: number, right: number): number {
  return Math.max(0, Math.min((x - left) / (centre - left), (right - x) / (right - centre)));
}

/**
 * Slaney's Auditory Toolbox filters as in `librosa.filters.mel(norm='slaney')`: linear below 1 kHz, logarithmic above,
 * triangles in Hz scaled to equal area. Used by Whisper and NeMo.
 */
export function slaneyFilterBank(geometry: MelGeometry): MelFilterBank {
  const { filters, fftLength, sampleRate, lowFrequency, highFrequency } = geometry;
  const edges = linearSpace(slaneyMel(lowFrequency), slaneyMel(highFrequency), filters + 2).map(slaneyHz);
  return new MelFilterBank(filters, fftLength / 2 + 1, (filter, bin) => {
    const [left, centre, right] = [edges[filter]!, edges[filter + 1]!, edges[filter + 2]!];
    return (triangle((bin * sampleRate) / fftLength, left, centre, right) * 2) / (right - left);
  });
}

/**
 * Kaldi's filters (`mel-computations.cc`): triangles in the mel domain, no area normalisation, the Nyquist bin unused.
 * Filters so narrow that they hold no bin stay empty, as in `torchaudio.compliance.kaldi`.
 */
export function kaldiFilterBank(geometry: MelGeometry): MelFilterBank {
  const { filters, fftLength, sampleRate, lowFrequency, highFrequency } = geometry;
  const edges = linearSpace(kaldiMel(lowFrequency), kaldiMel(highFrequency), filters + 2);
  return new MelFilterBank(filters, fftLength / 2 + 1, (filter, bin) =>
    bin === fftLength / 2
      ? 0
      : triangle(
          kaldiMel((bin * sampleRate) / fftLength),
          edges[filter]!,
          edges[filter + 1]!,
          edges[filter + 2]!,
        ),
  );
}

/**
 * SpeechBrain's filters (`speechbrain/processing/features.py`, `Filterbank`): HTK scale, triangles in Hz that use the
 * width of their left side on both sides.
 */
export function speechBrainFilterBank(geometry: MelGeometry): MelFilterBank {
  const { filters, fftLength, sampleRate, lowFrequency, highFrequency } = geometry;
  const edges = linearSpace(htkMel(lowFrequency), htkMel(highFrequency), filters + 2).map(htkHz);
  return new MelFilterBank(filters, fftLength / 2 + 1, (filter, bin) => {
    const [left, centre] = [edges[filter]!, edges[filter + 1]!];
    return triangle((bin * sampleRate) / fftLength, left, centre, 2 * centre - left);
  });
}

/**
 * TensorFlow's filters (`mfcc_mel_filterbank.cc`), used by Mozilla DeepSpeech: every bin between the band edges is shared
 * between the two filters whose centres enclose it; bins are chosen by a rounded index, not by their frequency.
 */
export function tensorflowFilterBank(geometry: MelGeometry): MelFilterBank {
  const { filters, fftLength, sampleRate, lowFrequency, highFrequency } = geometry;
  const low = kaldiMel(lowFrequency);
  const spacing = (kaldiMel(highFrequency) - low) / (filters + 1);
  const hzPerBin = sampleRate / fftLength;
  const firstBin = Math.floor(1.5 + lowFrequency / hzPerBin);
  const lastBin = Math.floor(highFrequency / hzPerBin);
  const centres = Float64Array.from({ length: filters + 1 }, (_, i) => low + spacing * (i + 1));
  return new MelFilterBank(filters, fftLength / 2 + 1, (filter, bin) => {
    if (bin < firstBin || bin > lastBin) return 0;
    const mel = kaldiMel(bin * hzPerBin);
    // `below` is the last filter whose centre lies below the bin, −1 if none.
    const below = centres.findIndex((centre) => centre >= mel) - 1;
    if (filter !== below && filter !== below + 1) return 0;
    const falling = below < 0 ? (centres[0]! - mel) / spacing : (centres[below + 1]! - mel) / spacing;
    return filter === below ? falling : 1 - falling;
  });
}
