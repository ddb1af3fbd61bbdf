import { MelFilterBank } from './mel-filter-bank.js';
import { linearSpace, triangle, type MelGeometry } from './mel-geometry.js';

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
