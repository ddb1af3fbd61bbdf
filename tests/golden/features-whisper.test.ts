import { createFrontEnd, WhisperLogMel, whisperLogMel, whisperPreset } from '@org/asr-core';
import { describe, expect, it } from 'vitest';
import { slaneyFilterBank } from '../../packages/core/src/features/slaney-filter-bank.js';
import { type FeatureSummary, readFeatureVectors, summaryDifference, transpose } from './feature-summary.js';
import { makeSignal, type Signal } from './signals.js';

interface Vectors {
  readonly signals: Readonly<Record<string, Signal>>;
  /** Per filter: first and last non-zero bin, sum, maximum. */
  readonly filters80: readonly (readonly [number, number, number, number])[];
  readonly filters128: readonly (readonly [number, number, number, number])[];
  readonly cases: readonly {
    readonly signal: string;
    readonly n_mels: number;
    readonly mode: 'unpadded' | 'pad30' | 'append30';
    readonly result: FeatureSummary | { readonly error: string };
  }[];
}

const TOLERANCE = 1e-4;
const THIRTY_SECONDS = 480_000;
const vectors = readFeatureVectors('whisper_mel') as Vectors;

describe.each([
  [80, vectors.filters80],
  [128, vectors.filters128],
] as const)('Slaney filter bank of %i bins', (filters, golden) => {
  it('equals the filters shipped with openai/whisper', () => {
    const bank = slaneyFilterBank({
      filters,
      fftLength: 400,
      sampleRate: 16_000,
      lowFrequency: 0,
      highFrequency: 8000,
    });
    expect(golden).toHaveLength(filters);
    golden.forEach(([first, last, sum, max], index) => {
      const { firstBin, weights } = bank.filter(index);
      expect([firstBin, firstBin + weights.length - 1]).toEqual([first, last]);
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 7);
      expect(Math.max(...weights)).toBeCloseTo(max, 7);
    });
  });
});

const cases = vectors.cases.map(({ signal, n_mels: bins, mode, result }) => {
  const samples = makeSignal(vectors.signals[signal]!);
  const length = {
    unpadded: samples.length,
    pad30: THIRTY_SECONDS,
    append30: samples.length + THIRTY_SECONDS,
  }[mode];
  return { signal, bins, mode, result, samples, length };
});

type Summarized = (typeof cases)[number] & { readonly result: FeatureSummary };
const summarized = cases.filter((it): it is Summarized => !('error' in it.result));
const refused = cases.filter(({ result }) => 'error' in result);

describe('Whisper log-mel', () => {
  it.each(summarized)(
    '$signal, $bins bins, $mode: equals openai/whisper',
    ({ bins, result, samples, length }) => {
      const { data, frames } = whisperLogMel(samples, { bins, length });
      expect(frames).toBe(result.shape[0]);
      expect(summaryDifference(transpose(data, bins), bins, result)).toBeLessThan(TOLERANCE);
    },
  );

  it.each(summarized.filter(({ mode }) => mode === 'append30'))(
    '$signal, $bins bins: windows equal the features of the whole file',
    ({ bins, result, samples }) => {
      const source = new WhisperLogMel(samples, { bins });
      const frames = result.shape[0];
      const data = source.window(0, frames, { padding: 'silence' });
      expect(summaryDifference(transpose(data, bins), bins, result)).toBeLessThan(TOLERANCE);
      expect(source.contentFrames).toBe(frames - 3000);
    },
  );

  it.each(summarized)(
    '$signal, $bins bins, $mode: the front end that others share gives them too',
    ({ bins, result, samples, length }) => {
      const padded = new Float32Array(length);
      padded.set(samples.subarray(0, length));
      const { data } = createFrontEnd(whisperPreset({ bins })).extract(padded);
      expect(summaryDifference(data, bins, result)).toBeLessThan(TOLERANCE);
    },
  );

  it.each(refused)('$signal: works where the reference fails on short audio', ({ bins, samples, length }) => {
    const { data, frames } = whisperLogMel(samples, { bins, length });
    expect(frames).toBe(Math.floor(samples.length / 160));
    expect(data.every(Number.isFinite)).toBe(true);
  });
});
