import { createFrontEnd, deepSpeech2PytorchPreset, mozillaPreset } from '@org/asr-core';
import { describe, expect, it } from 'vitest';
import { type FeatureSummary, readFeatureVectors, summaryDifference } from './feature-summary.js';
import { makeSignal, type Signal } from './signals.js';

interface Vectors {
  readonly signals: Readonly<Record<string, Signal>>;
  readonly windows: {
    readonly shape: readonly [number, number, number];
    readonly sum_per_window: readonly number[];
  };
  readonly cases: readonly {
    readonly signal: string;
    readonly coefficients: number;
    readonly result: FeatureSummary;
  }[];
}

const TOLERANCE = 1e-4;
const vectors = readFeatureVectors('deepspeech_mfcc') as Vectors;

describe('DeepSpeech MFCC', () => {
  it.each(vectors.cases.filter(({ result }) => result.shape[0] > 0))(
    '$signal, $coefficients coefficients: equals TensorFlow',
    ({ signal, coefficients, result }) => {
      const frontEnd = createFrontEnd(mozillaPreset({ coefficients, context: 0 }));
      const { data, bins } = frontEnd.extract(makeSignal(vectors.signals[signal]!));
      expect(summaryDifference(data, bins, result)).toBeLessThan(TOLERANCE);
    },
  );

  it.each(vectors.cases.filter(({ result }) => result.shape[0] === 0))(
    '$signal, $coefficients coefficients: no frames',
    ({ signal, coefficients }) => {
      const frontEnd = createFrontEnd(mozillaPreset({ coefficients, context: 0 }));
      expect(frontEnd.extract(makeSignal(vectors.signals[signal]!)).frames).toBe(0);
    },
  );

  it('stacks each row between its neighbours', () => {
    const { data, frames, bins } = createFrontEnd(mozillaPreset()).extract(
      makeSignal(vectors.signals['sines_3200']!),
    );
    const { shape, sum_per_window: sums } = vectors.windows;
    expect([frames, bins]).toEqual([shape[0], shape[1] * shape[2]]);
    sums.forEach((golden, frame) => {
      const sum = data.subarray(frame * bins, (frame + 1) * bins).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - golden)).toBeLessThan(1e-3);
    });
  });
});

interface Ds2Vectors {
  readonly signals: Readonly<Record<string, Signal>>;
  readonly cases: readonly {
    readonly signal: string;
    readonly pad_mode: 'reflect' | 'constant';
    readonly result: FeatureSummary;
  }[];
}

const ds2 = readFeatureVectors('ds2_pytorch') as Ds2Vectors;

describe('deepspeech.pytorch spectrogram', () => {
  it.each(ds2.cases)('$signal, $pad_mode padding: equals librosa', ({ signal, pad_mode, result }) => {
    const edges = pad_mode === 'reflect' ? 'center-reflect' : 'center-zero';
    const { data, bins } = createFrontEnd(deepSpeech2PytorchPreset({ edges })).extract(
      makeSignal(ds2.signals[signal]!),
    );
    expect(summaryDifference(data, bins, result)).toBeLessThan(TOLERANCE);
  });
});
