import { createWebPlatform, prepareAudio, readAudio } from '@org/asr-web';
import { expect, it } from 'vitest';
import { DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';
import type { OwnWorkerAnswer, OwnWorkerRequest } from '../workers/own.worker.js';

const fixture = (name: string): string => new URL(`../../fixtures/audio/${name}`, import.meta.url).href;

/** Asks a worker that uses `@org/asr-web` by itself. */
async function ask(request: OwnWorkerRequest): Promise<OwnWorkerAnswer> {
  const worker = new Worker(new URL('../workers/own.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<OwnWorkerAnswer>) => resolve(data));
      worker.addEventListener('error', ({ message }) => reject(new Error(message)));
      worker.postMessage(request, []);
    });
  } finally {
    worker.terminate();
  }
}

it('loads and transcribes in a worker of its own', async () => {
  expect(await ask({ task: 'transcribe', audio: DIGITS_CLIP.href })).toEqual({ text: DIGITS_TEXT });
});

it('reads WAV there, whatever the browser lacks', async () => {
  const { samples } = await ask({ task: 'decode', audio: fixture('jfk.wav'), withoutWebCodecs: true });
  expect(samples).toHaveLength(176_000);
});

it.each(['flac', 'mp3', 'ogg', 'opus', 'm4a'])('decodes %s there as the page does', async (format) => {
  const audio = fixture(`jfk-1s.${format}`);
  const { samples, message } = await ask({ task: 'decode', audio });
  expect(message).toBeUndefined();
  const expected = await prepareAudio(await readAudio(new URL(audio), createWebPlatform()), 16_000);
  expect(expected).toHaveLength(16_000);
  // What codecs put behind the recording to fill their last frame may stay: at most 1024 samples at 44.1 kHz.
  expect(samples!.length).toBeGreaterThanOrEqual(16_000);
  expect(samples!.length).toBeLessThanOrEqual(16_400);
  // The page's decoder goes up to 48 kHz, from where core comes down again.
  expect(decibels(samples!, expected)).toBeLessThan(-30);
});

it('says it where neither Web Audio nor WebCodecs is there', async () => {
  const answer = await ask({ task: 'decode', audio: fixture('jfk-1s.flac'), withoutWebCodecs: true });
  expect(answer).toEqual({
    code: 'AUDIO_UNSUPPORTED',
    message: expect.stringMatching(/^flac audio can't be decoded here: .*Web Workers have none.*pass WAV$/),
  });
});

/** Difference of `actual` from `expected`, relative to that. */
function decibels(actual: Float32Array, expected: Float32Array): number {
  const difference = expected.reduce((sum, sample, i) => sum + (actual[i]! - sample) ** 2, 0);
  return 10 * Math.log10(difference / expected.reduce((sum, sample) => sum + sample ** 2, 0));
}
