import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { babbleNoise, cutNoise, mixAtSnr, pinkNoise, whiteNoise } from './noise.js';

const RATE = 16_000;

function power(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! ** 2;
  return sum / samples.length;
}

const tone = (frequency: number, length = RATE, level = 0.5): Float32Array =>
  Float32Array.from({ length }, (_, i) => level * Math.sin((2 * Math.PI * frequency * i) / RATE));

/** Power per hertz around a frequency: the mean of single bins of a DFT. */
function density(samples: Float32Array, frequency: number): number {
  let total = 0;
  const size = 4096;
  const blocks = Math.floor(samples.length / size);
  for (let block = 0; block < blocks; block++) {
    let re = 0;
    let im = 0;
    for (let i = 0; i < size; i++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size);
      const phase = (2 * Math.PI * frequency * i) / RATE;
      re += window * samples[block * size + i]! * Math.cos(phase);
      im += window * samples[block * size + i]! * Math.sin(phase);
    }
    total += re * re + im * im;
  }
  return total / blocks;
}

describe('mixAtSnr', () => {
  it('adds noise at exactly the ratio asked for, whatever the levels', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 40, noNaN: true }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.integer(),
        (snr, level, seed) => {
          const speech = tone(440, 4000, level);
          const mix = mixAtSnr(speech, whiteNoise(4000, seed), snr);
          const added = mix.map((sample, i) => sample - speech[i]!);
          expect(Math.abs(10 * Math.log10(power(speech) / power(added)) - snr)).toBeLessThan(0.01);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('leaves its inputs alone', () => {
    const speech = tone(440, 100);
    const noise = whiteNoise(100, 1);
    const before = [speech.slice(), noise.slice()];
    mixAtSnr(speech, noise, 0);
    expect([speech, noise]).toEqual(before);
  });

  it('refuses silence, other lengths and no ratio', () => {
    const silence = new Float32Array(100);
    const noise = whiteNoise(100, 1);
    expect(() => mixAtSnr(silence, noise, 0)).toThrow(/the speech is silent/);
    expect(() => mixAtSnr(noise, silence, 0)).toThrow(/the noise is silent/);
    expect(() => mixAtSnr(noise, noise.subarray(1), 0)).toThrow(RangeError);
    expect(() => mixAtSnr(noise, noise, Number.NaN)).toThrow(/snr/);
  });
});

describe('whiteNoise', () => {
  it('is Gaussian, of power 1, and flat', () => {
    const noise = whiteNoise(200_001, 3);
    expect(power(noise)).toBeCloseTo(1, 1);
    expect(noise.reduce((sum, sample) => sum + sample, 0) / noise.length).toBeCloseTo(0, 1);
    const beyondTwo = noise.filter((sample) => Math.abs(sample) > 2).length / noise.length;
    expect(beyondTwo).toBeCloseTo(0.0455, 2);
    expect(Math.abs(10 * Math.log10(density(noise, 500) / density(noise, 4000)))).toBeLessThan(3);
  });

  it('is the same for the same seed only', () => {
    expect(whiteNoise(10, 1)).toEqual(whiteNoise(10, 1));
    expect(whiteNoise(10, 1)).not.toEqual(whiteNoise(10, 2));
  });
});

describe('pinkNoise', () => {
  it('falls by 3 dB per octave', () => {
    const noise = pinkNoise(1 << 20, 5);
    // Density against frequency, by least squares over five octaves.
    const octaves = [0, 1, 2, 3, 4, 5];
    const levels = octaves.map((octave) => 10 * Math.log10(density(noise, 125 * 2 ** octave)));
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    const slope =
      octaves.reduce((sum, octave, i) => sum + (octave - 2.5) * (levels[i]! - mean), 0) /
      octaves.reduce((sum, octave) => sum + (octave - 2.5) ** 2, 0);
    expect(slope).toBeGreaterThan(-3.5);
    expect(slope).toBeLessThan(-2.5);
  });
});

describe('babbleNoise', () => {
  const voices = [200, 300, 500, 700, 1100, 1300, 1700].map((frequency, i) =>
    tone(frequency, 8000, 0.1 * (i + 1)),
  );

  it('sounds all talkers, equally loud', () => {
    const noise = babbleNoise(voices.slice(0, 6), 4 * RATE, 1);
    const levels = [200, 300, 500, 700, 1100, 1300].map((frequency) => density(noise, frequency));
    expect(Math.max(...levels) / Math.min(...levels)).toBeLessThan(2);
    expect(density(noise, 900)).toBeLessThan(Math.min(...levels) / 10);
  });

  it('is the same for the same seed only', () => {
    expect(babbleNoise(voices, 1000, 1)).toEqual(babbleNoise(voices, 1000, 1));
    expect(babbleNoise(voices, 1000, 1)).not.toEqual(babbleNoise(voices, 1000, 2));
  });

  it('leaves out silent recordings, and needs one per talker', () => {
    const some = [...voices.slice(0, 2), new Float32Array(100), new Float32Array(0)];
    expect(babbleNoise(some, 100, 1, { talkers: 2 })).toHaveLength(100);
    expect(() => babbleNoise(some, 100, 1, { talkers: 3 })).toThrow(/3 talkers.*there are 2/);
    expect(() => babbleNoise(voices, 100, 1, { talkers: 0 })).toThrow(/talkers/);
  });
});

describe('cutNoise', () => {
  it('cuts long recordings and repeats short ones', () => {
    const ramp = Float32Array.from({ length: 50 }, (_, i) => i + 1);
    const long = cutNoise(ramp, 10, 4);
    expect(long.map((sample, i) => sample - i)).toEqual(new Float32Array(10).fill(long[0]!));
    const short = cutNoise(ramp, 120, 4);
    expect(short.subarray(50, 100)).toEqual(short.subarray(0, 50));
  });

  it('refuses silence', () => {
    expect(() => cutNoise(new Float32Array(10), 10, 1)).toThrow(/no sound/);
  });
});
