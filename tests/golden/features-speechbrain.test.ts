import { createFrontEnd, speechBrainPreset, statisticsFromDeviation } from '@org/asr-core';
import { describe, expect, it } from 'vitest';
import { createRowStage } from '../../packages/core/src/features/create-row-stage.js';
import { type FeatureSummary, readFeatureVectors, summaryDifference } from './feature-summary.js';
import { makeSignal, type Signal } from './signals.js';

type Batch = readonly (readonly (readonly number[])[])[];
interface Vectors {
  readonly configs: Readonly<
    Record<string, { readonly n_mels: number; readonly n_fft?: number; readonly win_length?: number }>
  >;
  readonly signals: Readonly<Record<string, Signal>>;
  readonly cases: readonly {
    readonly config: string;
    readonly signal: string;
    readonly result: FeatureSummary;
  }[];
  readonly batch: { readonly rows_second: Readonly<Record<string, readonly number[]>> };
  readonly input_normalization: {
    readonly input: Batch;
    readonly results: Readonly<
      Record<
        string,
        {
          readonly output: Batch;
          readonly glob_mean?: readonly number[];
          readonly glob_std?: readonly number[];
        }
      >
    >;
  };
}

/** In decibels. */
const TOLERANCE = 2e-3;
const vectors = readFeatureVectors('speechbrain') as Vectors;

describe('SpeechBrain Fbank', () => {
  it.each(vectors.cases)('$config, $signal: equals SpeechBrain', ({ config, signal, result }) => {
    const { n_mels, n_fft = 400, win_length = 25 } = vectors.configs[config]!;
    const preset = speechBrainPreset({ bins: n_mels, fftLength: n_fft, windowLength: win_length * 16 });
    const { data, bins } = createFrontEnd(preset).extract(makeSignal(vectors.signals[signal]!));
    expect(summaryDifference(data, bins, result)).toBeLessThan(TOLERANCE);
  });

  it('measures the dynamic range against the peak of its own utterance', () => {
    const samples = new Float32Array(16_000);
    samples.set(makeSignal(vectors.signals['noise_8079']!).map((value) => value * Math.fround(0.001)));
    const { data, bins } = createFrontEnd(speechBrainPreset()).extract(samples);
    const differences = Object.entries(vectors.batch.rows_second).flatMap(([row, golden]) =>
      golden.map((value, bin) => Math.abs(data[Number(row) * bins + bin]! - value)),
    );
    expect(differences).toHaveLength(3 * bins);
    expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
  });
});

describe('SpeechBrain InputNormalization', () => {
  const { input, results } = vectors.input_normalization;

  it('global: equals SpeechBrain', () => {
    const { output, glob_mean, glob_std } = results['global_std1']!;
    const stage = createRowStage(
      { type: 'global-norm', ...statisticsFromDeviation(glob_mean!, glob_std!) },
      3,
    );
    const ours = stage.push(Float32Array.from(input.flat(2)));
    output.flat(2).forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 5));
  });

  it.each([
    ['sentence_std1', true],
    ['sentence_std0', false],
  ])('%s: equals SpeechBrain', (name, scale) => {
    const stage = createRowStage(
      {
        type: 'utterance-norm',
        over: 'column',
        scale,
        unbiased: false,
        varianceEpsilon: 0,
        epsilon: 0,
        minimum: 1e-10,
      },
      3,
    );
    stage.push(Float32Array.from(input[0]!.flat()));
    const ours = stage.finish();
    results[name]!.output[0]!.flat().forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 5));
  });
});
