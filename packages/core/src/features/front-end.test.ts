import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrontEnd, FrontEnd, transposeFeatures } from './front-end.js';
import type { FrontEndConfig } from './front-end-config.js';
import { deepSpeech2PaddlePreset, deepSpeech2PytorchPreset, mozillaPreset } from './presets/deepspeech.js';
import { statisticsFromSums } from './presets/global-statistics.js';
import { kaldiFbankPreset, kaldiLfrPreset, kaldiMfccPreset } from './presets/kaldi.js';
import { nemoPreset } from './presets/nemo.js';
import { speechBrainPreset } from './presets/speechbrain.js';
import { wavePreset } from './presets/wave.js';
import { whisperPreset } from './presets/whisper.js';
import { whisperLogMel } from './whisper-log-mel.js';

const statistics = {
  shift: Float32Array.from({ length: 560 }, (_, i) => -8 - (i % 5)),
  scale: Float32Array.from({ length: 560 }, (_, i) => 0.1 + 0.01 * (i % 7)),
};
const PRESETS: Readonly<Record<string, FrontEndConfig>> = {
  whisper: whisperPreset(),
  'whisper, 128 bins': whisperPreset({ bins: 128 }),
  'wave-norm': wavePreset(),
  'raw wave': wavePreset({ normalize: false }),
  'kaldi-fbank': kaldiFbankPreset(),
  'kaldi-fbank at 8 kHz': kaldiFbankPreset({ sampleRate: 8000, bins: 40 }),
  'kaldi-fbank, snipped': kaldiFbankPreset({ snipEdges: true }),
  'kaldi-lfr': kaldiLfrPreset({ statistics }),
  'kaldi-mfcc': kaldiMfccPreset(),
  'kaldi-mfcc with energy': kaldiMfccPreset({ bins: 23, coefficients: 13, useEnergy: true }),
  nemo: nemoPreset(),
  'nemo, not normalised': nemoPreset({ normalize: 'none', padTo: 16 }),
  speechbrain: speechBrainPreset({ normalize: 'sentence' }),
  'mozilla-mfcc': mozillaPreset(),
  'mozilla-mfcc, padded': mozillaPreset({ tail: 'pad' }),
  'ds2-paddle': deepSpeech2PaddlePreset(),
  'ds2-pytorch': deepSpeech2PytorchPreset(),
};
const presets = Object.entries(PRESETS).map(([name, config]) => ({ name, frontEnd: createFrontEnd(config) }));

/** Audio of a given length, deterministic and without structure, with a stretch of digital silence in it. */
function noise(length: number, seed: number): Float32Array {
  let state = seed + 1;
  return Float32Array.from({ length }, (_, i) => {
    state = Math.imul(state, 1664525) + 1013904223;
    return i > 2000 && i < 4000 ? 0 : state / 2 ** 32;
  });
}

describe.each(presets)('$name', ({ frontEnd }) => {
  it('gives the same features in pieces of any size as at once', () => {
    fc.assert(
      fc.property(
        fc.nat(12_000),
        fc.array(fc.oneof(fc.nat(5), fc.nat(500), fc.nat(5000)), { maxLength: 40 }),
        fc.nat(1000),
        (length, pieces, seed) => {
          const samples = noise(length, seed);
          const stream = frontEnd.stream();
          let from = 0;
          for (const piece of pieces) {
            stream.push(samples.subarray(from, from + piece));
            from = Math.min(from + piece, length);
          }
          stream.push(samples.subarray(from));
          stream.finish();
          const whole = frontEnd.extract(samples);
          expect(stream.framesReady).toBe(whole.frames);
          expect(stream.validFrames).toBe(whole.validFrames);
          expect(stream.take()).toEqual(whole.data);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('waits with the first frame for all that its reflection shows', () => {
    // 160 samples fill the first centred frame of 320, whose left edge reflects the 161st.
    const samples = noise(161, 0);
    const stream = frontEnd.stream();
    for (const [from, to] of [
      [0, 159],
      [159, 160],
      [160, 161],
    ])
      stream.push(samples.subarray(from, to));
    stream.finish();
    expect(stream.take()).toEqual(frontEnd.extract(samples).data);
  });

  it.each([0, 1, 2, 79, 80, 81, 159, 160, 161, 200, 399, 400, 401, 511, 512, 513])(
    'works on %i samples',
    (length) => {
      const { data, frames, bins, validFrames } = frontEnd.extract(noise(length, length));
      expect(data).toHaveLength(frames * bins);
      expect(data.every(Number.isFinite)).toBe(true);
      expect(validFrames).toBeLessThanOrEqual(frames);
      expect(length === 0 ? frames : 0).toBe(0);
    },
  );

  it('leaves the samples alone and gives arrays of its own', () => {
    const samples = noise(5000, 3);
    const before = samples.slice();
    const { data } = frontEnd.extract(samples);
    const first = data.slice();
    data.fill(0);
    expect(samples).toEqual(before);
    expect(frontEnd.extract(samples).data).toEqual(first);
  });

  it('gives finite features of silence', () => {
    expect(frontEnd.extract(new Float32Array(3000)).data.every(Number.isFinite)).toBe(true);
  });
});

describe('whisperPreset', () => {
  // Below 201 samples the reference fails, and the two reflect differently.
  it.each([201, 400, 4799, 48_000])('has the values of whisperLogMel, %i samples', (length) => {
    const samples = noise(length, 7);
    const rows = createFrontEnd(whisperPreset()).extract(samples);
    const columns = whisperLogMel(samples);
    expect([rows.frames, rows.bins]).toEqual([columns.frames, columns.bins]);
    const transposed = transposeFeatures(rows);
    transposed.forEach((value, i) => expect(Math.abs(value - columns.data[i]!)).toBeLessThan(1e-6));
  });
});

describe('FeatureStream', () => {
  const frontEnd = createFrontEnd(kaldiFbankPreset());
  const samples = noise(16_000, 1);
  const whole = frontEnd.extract(samples);

  it('reads rows by number and forgets what is released', () => {
    const stream = frontEnd.stream();
    stream.push(samples.subarray(0, 8000));
    expect(stream.read(10, 5)).toEqual(whole.data.slice(10 * 80, 15 * 80));
    stream.release(12);
    expect(() => stream.read(10, 5)).toThrow(/rows 10 to 14 .* rows 12 to 48 are there/u);
    stream.push(samples.subarray(8000));
    stream.finish();
    expect(stream.read(12, 45)).toEqual(whole.data.slice(12 * 80, 57 * 80));
    expect(stream.read(90)).toEqual(whole.data.slice(90 * 80));
    expect(stream.take()).toEqual(whole.data.slice(12 * 80));
    expect(stream.take()).toHaveLength(0);
    expect(stream.framesReady).toBe(100);
  });

  it('refuses what it cannot give', () => {
    const stream = frontEnd.stream();
    stream.push(samples);
    expect(() => stream.read(-1, 2)).toThrow(RangeError);
    expect(() => stream.read(0.5, 2)).toThrow(RangeError);
    expect(() => stream.read(99, 2)).toThrow(RangeError);
    stream.finish();
    expect(() => stream.push(samples)).toThrow(/finished/u);
    expect(() => stream.finish()).toThrow(/finished/u);
    // @ts-expect-error -- callers without types
    expect(() => frontEnd.stream().push([0, 1])).toThrow(TypeError);
  });
});

describe('front-end configurations', () => {
  it('refuses a frame that does not fit the FFT', () => {
    expect(() => createFrontEnd(speechBrainPreset({ fftLength: 400, windowLength: 512 }))).toThrow(
      /fftLength must be at least the frame length 512; found 400/u,
    );
  });

  it('refuses statistics of another width', () => {
    expect(() => createFrontEnd(kaldiFbankPreset({ statistics }))).toThrow(/80 values of shift and scale/u);
  });

  it('takes a changed preset', () => {
    const config = { ...kaldiFbankPreset(), fftLength: 400, stages: [] };
    expect(new FrontEnd(config).extract(noise(16_000, 5)).frames).toBe(100);
  });

  it('turns sums over training frames into shift and scale', () => {
    const { shift, scale } = statisticsFromSums([10, -20], [60, 100], 10);
    expect([...shift]).toEqual([-1, 2]);
    expect([...scale].map((value) => value ** -2)).toEqual([expect.closeTo(5, 5), expect.closeTo(6, 5)]);
  });

  it('transposes features', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const features = { data, frames: 3, bins: 2, validFrames: 3 };
    expect([...transposeFeatures(features)]).toEqual([1, 3, 5, 2, 4, 6]);
  });
});
