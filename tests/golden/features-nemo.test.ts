import { createFrontEnd, nemoPreset } from '@org/asr-core';
import { describe, expect, it } from 'vitest';
import { type FeatureSummary, readFeatureVectors, summaryDifference } from './feature-summary.js';
import { makeSignal, type Signal } from './signals.js';

interface Vectors {
  readonly signals: Readonly<Record<string, Signal>>;
  readonly pad_to_16: {
    readonly signal: string;
    readonly shape: readonly [number, number];
    readonly length: number;
  };
  readonly cases: readonly {
    readonly signal: string;
    readonly n_mels: number;
    readonly normalize: 'per_feature' | 'NA';
    readonly result: FeatureSummary & { readonly length: number };
  }[];
}

const TOLERANCE = 1e-3;
const vectors = readFeatureVectors('nemo_mel') as Vectors;
// Normalised silence is nothing but the reference's float32 rounding divided by 1e-5: no vector to compare with.
const cases = vectors.cases.filter(
  ({ signal, normalize }) => !(signal === 'zeros_16000' && normalize === 'per_feature'),
);

describe('NeMo log-mel', () => {
  it.each(cases)(
    '$signal, $n_mels bins, $normalize: equals NeMo',
    ({ signal, n_mels, normalize, result }) => {
      const preset = nemoPreset({ bins: n_mels, normalize: normalize === 'NA' ? 'none' : normalize });
      const { data, bins, validFrames } = createFrontEnd(preset).extract(
        makeSignal(vectors.signals[signal]!),
      );
      expect(validFrames).toBe(result.length);
      // A row named −1 in the vectors lies before the first one.
      const rows = Object.fromEntries(Object.entries(result.rows ?? {}).filter(([row]) => Number(row) >= 0));
      expect(summaryDifference(data, bins, { ...result, rows })).toBeLessThan(TOLERANCE);
    },
  );

  it('gives finite features of silence', () => {
    const { data } = createFrontEnd(nemoPreset()).extract(new Float32Array(16_000));
    expect(data.every(Number.isFinite)).toBe(true);
  });

  it('pads to a multiple of 16 rows', () => {
    const { signal, shape, length } = vectors.pad_to_16;
    const frontEnd = createFrontEnd(nemoPreset({ padTo: 16 }));
    const { data, frames, validFrames } = frontEnd.extract(makeSignal(vectors.signals[signal]!));
    expect([frames, data.length / frames, validFrames]).toEqual([...shape, length]);
    expect(data.subarray(validFrames * 80).every((value) => value === 0)).toBe(true);
  });
});
