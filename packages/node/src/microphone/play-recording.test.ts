import { describe, expect, it } from 'vitest';
import { playRecording, type PlayRecordingOptions } from './play-recording.js';

const recording = {
  samples: [Float32Array.from({ length: 2500 }, (_, i) => i / 2500), new Float32Array(2500)],
  sampleRate: 10_000,
};

async function lengths(options: PlayRecordingOptions): Promise<(readonly [number, number])[]> {
  const all: (readonly [number, number])[] = [];
  for await (const { audio, time } of playRecording(recording, options))
    all.push([audio.samples.length, time]);
  return all;
}

describe('playRecording', () => {
  it('gives the whole recording in chunks with their times, mixed', async () => {
    const cut = [
      [1000, 0],
      [1000, 0.1],
      [500, 0.2],
    ];
    expect(await lengths({ pace: 'fast' })).toEqual(cut);
    const started = performance.now();
    expect(await lengths({})).toEqual(cut);
    // Not sooner than it is spoken.
    expect(performance.now() - started).toBeGreaterThan(249);
    const first = await playRecording(recording).next();
    if (first.done) throw new Error('nothing came');
    expect((first.value.audio.samples as Float32Array)[500]).toBeCloseTo(0.1, 6);
  });

  it('ends with the signal while it waits', async () => {
    const controller = new AbortController();
    const reading = lengths({ chunkSeconds: 10, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  it('refuses what can not be', () => {
    expect(() => playRecording(recording, { pace: 'slow' as 'fast' })).toThrow(/pace must be/);
    expect(() => playRecording(recording, { chunkSeconds: 0 })).toThrow(/chunkSeconds/);
  });
});
