import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpeechEvent } from '../vad/speech-segmenter.js';
import { EnergyGate } from './energy-gate.js';

const RATE = 16_000;

/** Noise of a level in dBFS; the same in every run. */
function noise(seconds: number, level: number): Float32Array {
  const amplitude = Math.sqrt(3) * 10 ** (level / 20);
  let state = 1;
  return Float32Array.from({ length: Math.round(seconds * RATE) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  });
}

const join = (...parts: readonly Float32Array[]): Float32Array =>
  Float32Array.from(parts.flatMap((part) => [...part]));

async function detect(
  audio: Float32Array,
  sizes: readonly number[] = [audio.length],
): Promise<readonly SpeechEvent[]> {
  const gate = new EnergyGate(RATE, { minSpeechDuration: 0.1 });
  const events: SpeechEvent[] = [];
  for (let at = 0, i = 0; at < audio.length; i++) {
    const size = sizes[i % sizes.length]!;
    events.push(...(await gate.push(audio.subarray(at, at + size))));
    at += size;
  }
  return [...events, ...(await gate.finish())];
}

const times = (events: readonly SpeechEvent[]): readonly number[] => events.map(({ time }) => time);

describe('EnergyGate', () => {
  it('hears what is louder than the background, whatever the level of that', async () => {
    for (const background of [-90, -60, -45]) {
      const quiet = noise(3, background);
      const events = await detect(
        join(quiet, noise(1, background + 25), quiet, noise(1, background + 25), quiet),
      );
      if (background === -90) {
        // Neither is anything but the noise of a recorder.
        expect(events).toEqual([]);
        continue;
      }
      const found = times(events.slice(-4));
      // Windows and padding make a difference of up to 0.07 s.
      for (const [i, truth] of [3, 4, 7, 8].entries()) expect(Math.abs(found[i]! - truth)).toBeLessThan(0.07);
    }
  });

  it('closes on noise that stays', async () => {
    const events = await detect(noise(20, -35));
    expect(times(events).at(-1)).toBeLessThan(3);
  });

  it('hears speech that the stream begins with', async () => {
    const events = await detect(join(noise(1, -25), noise(2, -70)));
    expect(times(events)).toEqual([0, expect.closeTo(1, 0)]);
  });

  it('finds the same in chunks of any size', async () => {
    const audio = join(noise(1, -60), noise(0.5, -30), noise(1, -60), noise(0.3, -30));
    const whole = await detect(audio);
    expect(whole).toHaveLength(4);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 }),
        async (sizes) => {
          expect(await detect(audio, sizes)).toEqual(whole);
        },
      ),
      { numRuns: 20 },
    );
  });
});
