import {
  createFrontEnd,
  deepSpeech2PaddlePreset,
  kaldiFbankPreset,
  kaldiLfrPreset,
  kaldiMfccPreset,
  type SpectralFrontEndConfig,
} from '@org/asr-core';
import { describe, expect, it } from 'vitest';
import { type FeatureSummary, readFeatureVectors, summaryDifference } from './feature-summary.js';
import { makeSignal, type Signal } from './signals.js';

interface Options {
  readonly num_bins: number;
  readonly snip_edges: boolean;
  readonly high_freq: number;
  readonly window?: 'povey' | 'hamming';
  readonly num_ceps?: number;
  readonly use_energy?: boolean;
  readonly cepstral_lifter?: number;
}
interface Case {
  readonly config: string;
  readonly signal: string;
  readonly scale: number;
  readonly result: FeatureSummary;
}
interface EdgeFrames {
  readonly frames: number;
  readonly first: readonly number[] | null;
  readonly last: readonly number[] | null;
}
interface Vectors {
  readonly configs: Readonly<Record<string, Options>>;
  readonly signals: Readonly<Record<string, Signal>>;
  readonly cases: readonly Case[];
}
interface FbankVectors extends Vectors {
  readonly lengths: readonly {
    readonly samples: number;
    readonly signal: string;
    readonly no_snip: EdgeFrames;
    readonly snip_edges: EdgeFrames;
  }[];
  readonly length_signals: Readonly<Record<string, Signal>>;
  readonly streaming: readonly {
    readonly snip_edges: boolean;
    readonly signal: string;
    readonly first_samples: number;
    readonly chunk: number;
    readonly final_frames: number;
    readonly frames_ready_after_each_chunk: readonly number[];
    readonly trace_step: number;
  }[];
}
interface LfrVectors {
  readonly add_shift: readonly number[];
  readonly rescale: readonly number[];
  readonly signals: Readonly<Record<string, Signal>>;
  readonly cases: readonly {
    readonly signal: string;
    readonly cmvn: boolean;
    readonly result: FeatureSummary;
  }[];
}

const FBANK_TOLERANCE = 2e-3;
const MFCC_TOLERANCE = 5e-3;
const fbank = readFeatureVectors('kaldi_fbank') as FbankVectors;
const mfcc = readFeatureVectors('kaldi_mfcc') as Vectors;
const lfr = readFeatureVectors('sensevoice_lfr') as LfrVectors;

function difference(config: SpectralFrontEndConfig, signal: Signal, golden: FeatureSummary): number {
  const { data, bins } = createFrontEnd(config).extract(makeSignal(signal));
  return summaryDifference(data, bins, golden);
}

describe('Kaldi fbank', () => {
  it.each(fbank.cases.filter(({ config }) => config in fbank.configs))(
    '$config, $signal × $scale: equals kaldi-native-fbank',
    ({ config, signal, scale, result }) => {
      const { num_bins, snip_edges, high_freq, window } = fbank.configs[config]!;
      const preset = kaldiFbankPreset({
        bins: num_bins,
        snipEdges: snip_edges,
        highFrequency: high_freq,
        window: window!,
        sampleScale: scale,
      });
      expect(difference(preset, fbank.signals[signal]!, result)).toBeLessThan(FBANK_TOLERANCE);
    },
  );

  it.each(fbank.cases.filter(({ config }) => config === 'torchaudio161'))(
    '161 bins, $signal: equals torchaudio, empty filters included',
    ({ signal, result }) => {
      expect(difference(deepSpeech2PaddlePreset(), fbank.signals[signal]!, result)).toBeLessThan(
        FBANK_TOLERANCE,
      );
    },
  );

  const lengths = fbank.lengths.flatMap((entry) => [
    { ...entry, snipEdges: false, golden: entry.no_snip },
    { ...entry, snipEdges: true, golden: entry.snip_edges },
  ]);
  it.each(lengths)('$samples samples, snip edges $snipEdges', ({ signal, snipEdges, golden }) => {
    const samples = makeSignal(fbank.length_signals[signal]!);
    const { data, frames, bins } = createFrontEnd(kaldiFbankPreset({ snipEdges })).extract(samples);
    expect(frames).toBe(golden.frames);
    const edges = { first: data.subarray(0, bins), last: data.slice(-bins) };
    const differences = (['first', 'last'] as const).flatMap((edge) =>
      (golden[edge] ?? []).map((value, bin) => Math.abs(edges[edge][bin]! - value)),
    );
    expect(differences).toHaveLength(golden.frames === 0 ? 0 : 2 * bins);
    expect(Math.max(0, ...differences)).toBeLessThan(FBANK_TOLERANCE);
  });

  it.each(fbank.streaming)(
    'in chunks of $chunk, snip edges $snip_edges: frames are ready when they are in Kaldi',
    ({ snip_edges, signal, first_samples, chunk, final_frames, ...trace }) => {
      const samples = makeSignal(fbank.signals[signal]!).subarray(0, first_samples);
      const frontEnd = createFrontEnd(kaldiFbankPreset({ snipEdges: snip_edges }));
      const stream = frontEnd.stream();
      const ready: number[] = [];
      for (let from = 0; from < samples.length; from += chunk) {
        stream.push(samples.subarray(from, from + chunk));
        ready.push(stream.framesReady);
      }
      stream.finish();
      ready.push(stream.framesReady);
      expect(ready.filter((_, i) => i % trace.trace_step === 0)).toEqual(trace.frames_ready_after_each_chunk);
      expect(stream.framesReady).toBe(final_frames);
      expect(stream.take()).toEqual(frontEnd.extract(samples).data);
    },
  );
});

describe('Kaldi MFCC', () => {
  it.each(mfcc.cases)('$config, $signal: equals kaldi-native-fbank', ({ config, signal, scale, result }) => {
    const options = mfcc.configs[config]!;
    const preset = kaldiMfccPreset({
      bins: options.num_bins,
      snipEdges: options.snip_edges,
      highFrequency: options.high_freq,
      coefficients: options.num_ceps!,
      useEnergy: options.use_energy!,
      lifter: options.cepstral_lifter ?? 22,
      sampleScale: scale,
    });
    expect(difference(preset, mfcc.signals[signal]!, result)).toBeLessThan(MFCC_TOLERANCE);
  });
});

describe('Kaldi fbank at a low frame rate', () => {
  const statistics = {
    shift: Float32Array.from(lfr.add_shift),
    scale: Float32Array.from(lfr.rescale),
  };
  it.each(lfr.cases)('$signal, CMVN $cmvn: equals FunASR', ({ signal, cmvn, result }) => {
    const preset = kaldiLfrPreset(cmvn ? { statistics } : {});
    expect(difference(preset, lfr.signals[signal]!, result)).toBeLessThan(FBANK_TOLERANCE);
  });
});
