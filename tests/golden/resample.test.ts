import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resample, resampledLength } from '@org/asr-core';
import { repositoryFile } from '@org/asr-testkit';

/** [fraction of the lower Nyquist frequency, Hz, gain dB, everything-but-the-tone dB] */
type PassTone = readonly [number, number, number, number];
/** [fraction of the lower Nyquist frequency, Hz, residual dB] */
type StopTone = readonly [number, number, number];
interface Vectors {
  readonly tones: Readonly<
    Record<
      string,
      { readonly pass_tones: readonly PassTone[]; readonly stop_tones: readonly StopTone[] | null }
    >
  >;
  readonly chirp: readonly {
    readonly from_rate: number;
    readonly samples_in: number;
    readonly samples_out: number;
    readonly at: Readonly<Record<string, number>>;
  }[];
  readonly lengths: readonly (readonly [number, number, number])[];
}

const vectors = JSON.parse(
  readFileSync(repositoryFile('tests/golden/vectors/resample/resample.json'), 'utf8'),
) as Vectors;

const TO = 16_000;
const cases = Object.entries(vectors.tones)
  .filter(([name]) => name.endsWith(' HQ'))
  .map(([name, tones]) => ({ from: Number.parseInt(name, 10), ...tones }));

/** The middle half of a resampled 2 s tone of amplitude 0.5. */
function resampledTone(from: number, frequency: number): Float32Array {
  const tone = Float32Array.from(
    { length: 2 * from },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / from),
  );
  const output = resample(tone, from, TO);
  return output.subarray(output.length / 4, (3 * output.length) / 4);
}

/** Least-squares fit of a tone: its amplitude and the RMS of everything else. */
function fitTone(
  samples: Float32Array,
  frequency: number,
): { readonly amplitude: number; readonly rest: number } {
  const angle = (i: number) => (2 * Math.PI * frequency * i) / TO;
  let [ss, sc, cc, xs, xc] = [0, 0, 0, 0, 0];
  samples.forEach((x, i) => {
    const [s, c] = [Math.sin(angle(i)), Math.cos(angle(i))];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    xs += x * s;
    xc += x * c;
  });
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(xs * cc - xc * sc) / determinant, (xc * ss - xs * sc) / determinant];
  const rest = samples.map((x, i) => x - a * Math.sin(angle(i)) - b * Math.cos(angle(i)));
  return { amplitude: Math.hypot(a, b), rest: rms(rest) };
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}

const decibels = (ratio: number): number => 20 * Math.log10(Math.max(ratio, 1e-15));

describe.each(cases)('$from Hz to 16 kHz against soxr HQ', ({ from, pass_tones, stop_tones }) => {
  it.each(pass_tones.filter(([fraction]) => fraction <= 0.9))(
    'passes a tone at %f of Nyquist as flat as soxr, and nothing else',
    (_fraction, frequency, soxrGain) => {
      const { amplitude, rest } = fitTone(resampledTone(from, frequency), frequency);
      expect(Math.abs(decibels(amplitude / 0.5))).toBeLessThanOrEqual(Math.max(0.001, Math.abs(soxrGain)));
      expect(decibels(rest / (0.5 / Math.SQRT2))).toBeLessThan(-100);
    },
  );

  it.runIf(stop_tones !== null).each(stop_tones ?? [])(
    'rejects a tone at %f of Nyquist by 90 dB or more',
    (_fraction, frequency) => {
      expect(decibels(rms(resampledTone(from, frequency)) / (0.5 / Math.SQRT2))).toBeLessThan(-90);
    },
  );
});

it.each(vectors.chirp)('a chirp from $from_rate Hz equals soxr HQ, without delay', (chirp) => {
  const { from_rate: from, samples_in, samples_out, at } = chirp;
  const slope = (0.45 * Math.min(from, TO) - 50) / 0.5;
  const input = Float32Array.from({ length: samples_in }, (_, i) => {
    const t = i / from;
    return 0.5 * Math.sin(2 * Math.PI * (50 * t + 0.5 * slope * t * t));
  });
  const output = resample(input, from, TO);
  expect(output).toHaveLength(samples_out);
  // At 44.1 kHz soxr HQ itself droops by 0.008 dB (0.0009 of a value), see its pass tones.
  const tolerance = from === 44_100 ? 5e-4 : 1e-5;
  for (const [index, value] of Object.entries(at)) {
    expect(Math.abs(output[Number(index)]! - value)).toBeLessThan(tolerance);
  }
});

it.each(vectors.lengths)('%i Hz: %i samples give as many as soxr (%i)', (from, samples, expected) => {
  expect(resampledLength(samples, from, TO)).toBe(expected);
  expect(resample(new Float32Array(samples), from, TO)).toHaveLength(expected);
});
