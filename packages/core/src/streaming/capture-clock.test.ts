import { describe, expect, it } from 'vitest';
import { CaptureClock } from './capture-clock.js';

const RATE = 16_000;
const CHUNK = 0.1;

/** Chunks of 0.1 s, each heard when `wallOf` says; with what the clock makes of the audio's time. */
function timesOf(count: number, wallOf: (audio: number, index: number) => number): number[] {
  const clock = new CaptureClock(RATE);
  return Array.from({ length: count }, (_, i) => {
    const [began, sent] = [wallOf(i * CHUNK, i), wallOf((i + 1) * CHUNK, i)];
    const times = { began: 1000 * (5e8 + began), sent: 1000 * (5e8 + sent) };
    return clock.timeOf({ length: CHUNK * RATE, frame: Math.round(i * CHUNK * RATE), ...times });
  });
}

/** Seconds that are missing before each chunk, where any are. */
function gaps(times: readonly number[]): readonly (readonly [index: number, seconds: number])[] {
  return times.flatMap((time, i) => {
    const missing = time - (times[i - 1] ?? -CHUNK) - CHUNK;
    if (missing < -1e-6) throw new Error(`time goes back before chunk ${i}`);
    return missing > 1e-6 ? [[i, Number(missing.toFixed(2))] as const] : [];
  });
}

describe('CaptureClock', () => {
  it('counts frames while nothing is missing, whatever drifts and jitters', () => {
    const drifting = timesOf(36_000, (audio, i) => audio * 1.0002 + (((i * 7919) % 100) / 100) * 0.4);
    expect(gaps(drifting)).toEqual([]);
    expect(gaps(timesOf(36_000, (audio) => audio * 0.9998))).toEqual([]);
  });

  it('adds what the machine slept, each time', () => {
    const times = timesOf(100, (audio, i) => audio + (i >= 30 ? 7200 : 0) + (i >= 60 ? 5 : 0));
    expect(gaps(times)).toEqual([
      [30, 7200],
      [60, 5],
    ]);
  });

  it('adds nothing where a thread that was held up catches up', () => {
    // 3 s late, then ten times as fast until it is not.
    const times = timesOf(100, (audio, i) => (i < 30 ? audio : Math.max(audio, 6 + (audio - 3) / 10)));
    expect(gaps(times)).toEqual([]);
  });

  it('adds the rest where it catches up with a part', () => {
    const times = timesOf(200, (audio, i) =>
      i < 30 ? audio : audio < 4 ? 9 + (audio - 3) / 10 : 9.1 + (audio - 4),
    );
    expect(gaps(times).map(([, seconds]) => seconds)).toEqual([5.1]);
  });

  it('takes frames that the input did not give as they are counted', () => {
    const clock = new CaptureClock(RATE);
    const chunk = { length: 1600, began: 0, sent: 100 };
    expect(clock.timeOf({ ...chunk, frame: 0 })).toBe(0);
    expect(clock.timeOf({ ...chunk, frame: 1600 + 3 * RATE, began: 3100, sent: 3200 })).toBeCloseTo(3.1, 9);
  });

  it('tells it of a pipe as well, where a chunk is there all at once', () => {
    const clock = new CaptureClock(RATE);
    const times = Array.from({ length: 60 }, (_, i) => {
      const at = 100 * (i + 1) + (i >= 30 ? 8000 : 0);
      return clock.timeOf({ frame: i * 1600, length: 1600, began: at, sent: at });
    });
    const [[index, seconds]] = gaps(times) as [[number, number]];
    expect(seconds).toBe(8);
    expect(index).toBeGreaterThanOrEqual(30);
    expect(index).toBeLessThan(34);
  });

  it('is not moved by a clock that is put back', () => {
    expect(gaps(timesOf(100, (audio, i) => audio - (i >= 30 ? 3600 : 0)))).toEqual([]);
  });
});
