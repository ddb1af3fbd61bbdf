import { edgeIndex, frameCount, frameStart } from '../packages/core/src/features/framing.js';
import { filterBankOf } from '../packages/core/src/features/filter-banks.js';
import { cepstrumMatrix } from '../packages/core/src/features/cepstrum.js';
import { analysisWindow } from '../packages/core/src/features/windows.js';
import type { SpectralFrontEndConfig } from '@org/asr-core';

/**
 * A front end as one gets it by porting the reference's formulas line by line: an array per frame and step, a textbook
 * complex FFT (radix 2, or Bluestein's for other lengths) with prepared sines, a dense filter matrix, `Math.log`.
 * Stands for the frames alone: no stacking, no normalisation over the utterance.
 */
export function naiveFrontEnd(config: SpectralFrontEndConfig): (samples: Float32Array) => number[][] {
  const { framing, fftLength, preEmphasis, filters, cepstrum, log } = config;
  const window = [...analysisWindow(config.window.type, framing.frameLength, config.window.periodic)];
  const dense = filters === null ? null : denseFilters(config);
  const dct =
    cepstrum === null || filters === null
      ? null
      : rowsOf([...cepstrumMatrix(cepstrum, filters.bins)], filters.bins);
  const transform = complexTransform(fftLength);

  return (samples) => {
    let signal = [...samples].map((x) => x * config.sampleScale);
    if (preEmphasis?.scope === 'signal') {
      signal = signal.map((x, n) => (n === 0 ? x : x - preEmphasis.coefficient * signal[n - 1]!));
    }
    return Array.from({ length: frameCount(framing, samples.length) }, (_, t) => {
      const start = frameStart(framing, t);
      let frame = Array.from({ length: framing.frameLength }, (_, i) => {
        return signal[edgeIndex(framing.edges, start + i, signal.length)] ?? 0;
      });
      if (config.removeDc) {
        const mean = frame.reduce((a, b) => a + b, 0) / frame.length;
        frame = frame.map((x) => x - mean);
      }
      if (preEmphasis?.scope === 'frame') {
        const before = frame;
        frame = frame.map((x, i) => x - preEmphasis.coefficient * before[Math.max(i - 1, 0)]!);
      }
      const re = new Float64Array(fftLength);
      frame.forEach((x, i) => (re[i] = x * window[i]!));
      const im = new Float64Array(fftLength);
      transform(re, im);
      const spectrum = Array.from({ length: fftLength / 2 + 1 }, (_, k) => {
        const power = re[k]! ** 2 + im[k]! ** 2;
        return config.spectrum === 'power' ? power : Math.sqrt(power);
      });
      const energies = dense === null ? spectrum : dense.map((row) => dot(row, spectrum));
      const logs = energies.map((x) => log.scale * Math.log(Math.max(x, log.floor) + log.offset));
      return dct === null ? logs : dct.map((row) => dot(row, logs));
    });
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function rowsOf(matrix: readonly number[], width: number): number[][] {
  return Array.from({ length: matrix.length / width }, (_, i) => matrix.slice(i * width, (i + 1) * width));
}

function denseFilters(config: SpectralFrontEndConfig): number[][] {
  const filters = filterBankOf(config);
  return Array.from({ length: filters.filters }, (_, i) => {
    const row = Array.from({ length: filters.spectrumBins }, () => 0);
    const { firstBin, weights } = filters.filter(i);
    weights.forEach((weight, k) => (row[firstBin + k] = weight));
    return row;
  });
}

type Transform = (re: Float64Array, im: Float64Array) => void;

function complexTransform(length: number): Transform {
  return Number.isInteger(Math.log2(length)) ? radix2(length) : bluestein(length);
}

/** Cooley and Tukey's algorithm in place, with bit reversal. */
function radix2(length: number): Transform {
  const cos = Float64Array.from({ length: length / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / length));
  const sin = Float64Array.from({ length: length / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / length));
  const bits = Math.log2(length);
  const reversed = Array.from({ length }, (_, i) => {
    let r = 0;
    for (let b = 0; b < bits; b++) if ((i >> b) & 1) r |= 1 << (bits - 1 - b);
    return r;
  });
  return (re, im) => {
    for (let i = 0; i < length; i++) {
      const j = reversed[i]!;
      if (j <= i) continue;
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
    for (let size = 2; size <= length; size *= 2) {
      for (let start = 0; start < length; start += size) {
        for (let k = 0; k < size / 2; k++) {
          const wr = cos[(k * length) / size]!;
          const wi = -sin[(k * length) / size]!;
          const a = start + k;
          const b = a + size / 2;
          const tr = re[b]! * wr - im[b]! * wi;
          const ti = re[b]! * wi + im[b]! * wr;
          re[b] = re[a]! - tr;
          im[b] = im[a]! - ti;
          re[a] = re[a]! + tr;
          im[a] = im[a]! + ti;
        }
      }
    }
  };
}

/** Any length as a convolution with a chirp, itself by transforms of a power of two. */
function bluestein(length: number): Transform {
  const size = 2 ** Math.ceil(Math.log2(2 * length - 1));
  const fft = radix2(size);
  const angle = Float64Array.from({ length }, (_, n) => (Math.PI * ((n * n) % (2 * length))) / length);
  const chirpRe = new Float64Array(size);
  const chirpIm = new Float64Array(size);
  for (let n = 0; n < length; n++) {
    chirpRe[n] = Math.cos(angle[n]!);
    chirpIm[n] = Math.sin(angle[n]!);
    if (n > 0) {
      chirpRe[size - n] = chirpRe[n]!;
      chirpIm[size - n] = chirpIm[n]!;
    }
  }
  fft(chirpRe, chirpIm);
  return (re, im) => {
    const a = new Float64Array(size);
    const b = new Float64Array(size);
    for (let n = 0; n < length; n++) {
      const c = Math.cos(angle[n]!);
      const s = Math.sin(angle[n]!);
      a[n] = re[n]! * c + im[n]! * s;
      b[n] = im[n]! * c - re[n]! * s;
    }
    fft(a, b);
    for (let k = 0; k < size; k++) {
      const r = a[k]! * chirpRe[k]! - b[k]! * chirpIm[k]!;
      // The inverse transform is the forward one with the parts exchanged.
      b[k] = a[k]! * chirpIm[k]! + b[k]! * chirpRe[k]!;
      a[k] = r;
    }
    fft(b, a);
    for (let n = 0; n < length; n++) {
      const c = Math.cos(angle[n]!);
      const s = Math.sin(angle[n]!);
      re[n] = (a[n]! * c + b[n]! * s) / size;
      im[n] = (b[n]! * c - a[n]! * s) / size;
    }
  };
}
