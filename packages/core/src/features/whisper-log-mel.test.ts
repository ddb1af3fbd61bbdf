import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WhisperLogMel, whisperLogMel } from './whisper-log-mel.js';

const APPENDED = 480_000;
const BINS = 80;

/** Bursts of a tone and noise at changing levels, with digital silence between. */
function recording(length: number, seed: number): Float32Array {
  let state = seed + 1;
  return Float32Array.from({ length }, (_, i) => {
    state = Math.imul(state, 1664525) + 1013904223;
    const burst = Math.floor((i + seed * 997) / 7001);
    if (burst % 4 === 0) return 0;
    const level = ((burst * 37) % 11) / 11;
    return level * (0.7 * Math.sin(i * 0.05 * (1 + (burst % 5))) + (0.3 * state) / 2 ** 31);
  });
}

/** Columns `start` … `start + count − 1` of a [bins, frames] matrix, `fill` past its end. */
function columns(
  data: Float32Array,
  frames: number,
  start: number,
  count: number,
  fill: number,
): Float32Array {
  return Float32Array.from({ length: BINS * count }, (_, i) => {
    const frame = start + (i % count);
    return frame < frames ? data[Math.floor(i / count) * frames + frame]! : fill;
  });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

describe('WhisperLogMel', () => {
  it('gives, in windows asked for in any order, the features of the whole file', () => {
    fc.assert(
      fc.property(
        fc.nat(200_000),
        fc.array(fc.tuple(fc.nat(1500), fc.nat(400)), { minLength: 1, maxLength: 6 }),
        fc.nat(50),
        (length, windows, seed) => {
          const samples = recording(length, seed);
          const whole = whisperLogMel(samples, { length: length + APPENDED });
          const source = new WhisperLogMel(samples);
          const content = Math.floor(length / 160);
          expect(source.contentFrames).toBe(content);
          for (const [start, frames] of windows) {
            const silence = source.window(start, frames, { padding: 'silence' });
            const expected = columns(whole.data, whole.frames, start, frames, Number.NaN);
            expect(largestDifference(silence, expected)).toBeLessThan(1e-6);
            const zeros = silence.map((value, i) => (start + (i % frames) < content ? value : 0));
            expect(source.window(start, frames)).toEqual(zeros);
          }
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);

  it('finds the maximum of a file longer than a window without a window that holds it', () => {
    const samples = recording(16_000 * 70, 9);
    samples[16_000 * 65] = 1;
    const whole = whisperLogMel(samples, { length: samples.length + APPENDED });
    const window = new WhisperLogMel(samples).window(100);
    expect(largestDifference(window, columns(whole.data, whole.frames, 100, 3000, 0))).toBeLessThan(1e-6);
  });

  it('gives the same windows when it was prepared in turns', async () => {
    const samples = recording(16_000 * 70, 3);
    samples[16_000 * 65] = 1;
    const prepared = new WhisperLogMel(samples);
    await prepared.prepare();
    expect(prepared.window(100)).toEqual(new WhisperLogMel(samples).window(100));
    const reason = new Error('stop');
    await expect(new WhisperLogMel(samples).prepare(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('can measure each window against its own maximum', () => {
    const samples = recording(16_000 * 10, 4).map((value, i) => (i < 80_000 ? value * 1e-4 : value));
    const quiet = new WhisperLogMel(samples, { normalization: 'window' }).window(0, 400);
    const alone = whisperLogMel(samples.subarray(0, 64_400));
    expect(largestDifference(quiet, columns(alone.data, alone.frames, 0, 400, 0))).toBeLessThan(1e-6);
    expect(Math.max(...quiet)).toBeLessThan(Math.max(...new WhisperLogMel(samples).window(500, 400)));
  });

  it('gives each window as an array of its own', () => {
    const source = new WhisperLogMel(recording(32_000, 1));
    const first = source.window(0, 100);
    const copy = first.slice();
    first.fill(7);
    expect(source.window(0, 100)).toEqual(copy);
  });

  it('works without audio', () => {
    const source = new WhisperLogMel(new Float32Array(0));
    expect(source.contentFrames).toBe(0);
    expect(source.window(0).every((value) => value === 0)).toBe(true);
    expect(whisperLogMel(new Float32Array(0)).frames).toBe(0);
  });

  it('refuses wrong arguments by name', () => {
    const samples = new Float32Array(1600);
    // @ts-expect-error -- callers without types
    expect(() => whisperLogMel([0, 1])).toThrow(TypeError);
    expect(() => whisperLogMel(samples, { bins: 0 })).toThrow(/bins must be/u);
    expect(() => whisperLogMel(samples, { length: 1.5 })).toThrow(/length must be/u);
    // @ts-expect-error -- callers without types
    expect(() => new WhisperLogMel(samples, { normalization: 'none' })).toThrow(/normalization must be/u);
    expect(() => new WhisperLogMel(samples).window(-1)).toThrow(/start must be/u);
    expect(() => new WhisperLogMel(samples).window(0, 2.5)).toThrow(/frames must be/u);
  });
});
