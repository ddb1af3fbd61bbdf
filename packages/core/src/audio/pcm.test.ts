import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { checkPcm, mixdown } from './pcm.js';

describe('mixdown', () => {
  it('averages channels', () => {
    const samples = [Float32Array.of(1, 0, -1), Float32Array.of(0, 0.5, -1)];
    expect(mixdown({ samples, sampleRate: 16_000 })).toEqual(Float32Array.of(0.5, 0.25, -1));
  });

  it('cancels opposite channels exactly', () => {
    const samples = [Float32Array.of(0.1, 0.7), Float32Array.of(-0.1, -0.7)];
    expect(mixdown({ samples, sampleRate: 16_000 })).toEqual(Float32Array.of(0, 0));
  });

  it('returns mono as it is, in both shapes', () => {
    const mono = Float32Array.of(0.25);
    expect(mixdown({ samples: mono, sampleRate: 8000 })).toBe(mono);
    expect(mixdown({ samples: [mono], sampleRate: 8000 })).toBe(mono);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses a sample that is %d',
    (bad) => {
      const samples = [new Float32Array(3), Float32Array.of(0, bad, 0)];
      const mix = () => mixdown({ samples, sampleRate: 16_000 });
      expect(mix).toThrow(AsrError);
      expect(mix).toThrow(/sample 1 of channel 1/);
    },
  );

  it('refuses integers that were not scaled, and takes floats above full scale', () => {
    const int16 = Float32Array.of(0, 12, -20_000);
    expect(() => mixdown({ samples: int16, sampleRate: 16_000 })).toThrow(
      'sample 2 of channel 0 is -20000; audio samples must be floats in −1…1. If these are 16-bit integers, divide',
    );
    const loud = Float32Array.of(1.5, -4);
    expect(mixdown({ samples: loud, sampleRate: 16_000 })).toBe(loud);
  });

  it('finds a bad sample in any step, and mixes all of them', () => {
    const long = new Float32Array(300_000).fill(0.5);
    const mono = mixdown({ samples: [long, long.map((x) => -x / 2)], sampleRate: 16_000 });
    expect(mono.every((x) => x === 0.125)).toBe(true);
    long[299_999] = Number.NaN;
    expect(() => mixdown({ samples: long, sampleRate: 16_000 })).toThrow(/sample 299999/);
  });
});

describe('checkPcm', () => {
  it.each([
    [
      'a bare Float32Array',
      new Float32Array(4),
      /pass \{ samples, sampleRate \} instead of a bare Float32Array/,
    ],
    ['null', null, /bare null/],
    ['bare channels', [new Float32Array(4)], /bare Array/],
    ['Int16Array samples', { samples: new Int16Array(4), sampleRate: 16_000 }, /got Int16Array/],
    ['no samples', { sampleRate: 16_000 }, /got undefined/],
    ['no channels', { samples: [], sampleRate: 16_000 }, /no channels/],
    [
      'a plain channel',
      { samples: [[0, 0]], sampleRate: 16_000 },
      /samples\[0\] must be a Float32Array; got Array/,
    ],
    [
      'channels of different length',
      { samples: [new Float32Array(2), new Float32Array(3)], sampleRate: 16_000 },
      /same length; got 2, 3/,
    ],
    ['no rate', { samples: new Float32Array(4) }, /sampleRate must be a number/],
  ])('refuses %s with a TypeError', (_, value, message) => {
    expect(() => checkPcm(value)).toThrow(TypeError);
    expect(() => checkPcm(value)).toThrow(message);
  });

  it.each([0, -16_000, 16_000.5, Number.NaN, Number.POSITIVE_INFINITY, 999, 768_001])(
    'refuses the rate %d',
    (rate) => {
      expect(() => checkPcm({ samples: new Float32Array(4), sampleRate: rate })).toThrow(RangeError);
    },
  );
});
