import { createFrontEnd, wavePreset } from '@org/asr-core';
import { describe, expect, it } from 'vitest';
import { readFeatureVectors } from './feature-summary.js';
import { makeSignal, type Signal } from './signals.js';

interface Vectors {
  readonly signals: Readonly<Record<string, Signal>>;
  readonly single: readonly {
    readonly signal: string;
    readonly shape: readonly [number];
    readonly first8: readonly number[];
    readonly last4: readonly number[];
    readonly mean: number;
    readonly std: number;
  }[];
  readonly batch: readonly {
    readonly do_normalize: boolean;
    readonly return_attention_mask: boolean;
    readonly signals: readonly string[];
    readonly shape: readonly [number, number];
    readonly first8: readonly (readonly number[])[];
    readonly at396_404: readonly (readonly number[])[];
    readonly last4: readonly (readonly number[])[];
  }[];
}

const TOLERANCE = 1e-5;
const vectors = readFeatureVectors('wav2vec2_moonshine') as Vectors;

function expectClose(ours: Float32Array, golden: readonly number[]): void {
  expect(ours).toHaveLength(golden.length);
  golden.forEach((value, i) => expect(Math.abs(ours[i]! - value)).toBeLessThan(TOLERANCE));
}

describe('wave normalisation', () => {
  it.each(vectors.single)(
    '$signal: equals Wav2Vec2FeatureExtractor',
    ({ signal, shape, first8, last4, ...golden }) => {
      const { data } = createFrontEnd(wavePreset()).extract(makeSignal(vectors.signals[signal]!));
      expect(data).toHaveLength(shape[0]);
      expectClose(data.subarray(0, 8), first8);
      expectClose(data.slice(-4), last4);
      const mean = data.reduce((a, b) => a + b, 0) / data.length;
      const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
      expect(Math.abs(mean - golden.mean)).toBeLessThan(TOLERANCE);
      expect(Math.abs(Math.sqrt(variance) - golden.std)).toBeLessThan(TOLERANCE);
    },
  );

  const rows = vectors.batch.flatMap((batch) =>
    batch.signals.map((signal, row) => ({ ...batch, signal, row })),
  );
  it.each(rows)(
    '$signal in a batch, normalised $do_normalize, mask $return_attention_mask',
    ({ signal, row, shape, do_normalize, return_attention_mask, ...golden }) => {
      const samples = makeSignal(vectors.signals[signal]!);
      const padded = new Float32Array(shape[1]);
      const frontEnd = createFrontEnd(wavePreset({ normalize: do_normalize }));
      // With a mask the row is normalised and then padded; without one the padding counts as audio.
      padded.set(return_attention_mask ? frontEnd.extract(samples).data : samples);
      const input = return_attention_mask ? padded : frontEnd.extract(padded).data;
      expectClose(input.subarray(0, 8), golden.first8[row]!);
      expectClose(input.subarray(396, 404), golden.at396_404[row]!);
      expectClose(input.slice(-4), golden.last4[row]!);
    },
  );
});
