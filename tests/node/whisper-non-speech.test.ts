/**
 * What is no speech gives no text, or text that says of itself that it is doubtful. Signals by formula; the packaged model and
 * base (extended test data), default options. What the reference makes of such audio is in whisper-reference.test.ts: words, now and then.
 */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import sileroVad from '@org/asr-model-silero-vad';
import { loadModel, loadVad, type Segment, type SpeechModel, type Vad } from '@org/asr-node';
import { hasTestData, testData } from '@org/asr-testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSignal, type Signal } from '../golden/signals.js';

const SECONDS = 30;
const samples = SECONDS * 16_000;

/** Three chords of piano-like tones, each with overtones, in turn every second, that fade. */
function chords(): Float32Array {
  const roots = [261.63, 349.23, 392];
  return Float32Array.from({ length: samples }, (_, n) => {
    const t = n / 16_000;
    const beat = t % 1;
    const root = roots[Math.floor(t) % roots.length]!;
    let sum = 0;
    for (const interval of [1, 1.26, 1.498]) {
      for (const overtone of [1, 2, 3])
        sum += Math.sin(2 * Math.PI * root * interval * overtone * t) / overtone;
    }
    return 0.06 * sum * Math.exp(-2 * beat);
  });
}

const signals: readonly (readonly [string, () => Float32Array])[] = [
  ['digital silence', () => new Float32Array(samples)],
  ...(
    [
      ['faint noise', { kind: 'noise', samples, seed: 5, amplitude: 0.001 }],
      ['noise', { kind: 'noise', samples, seed: 9, amplitude: 0.05 }],
      ['loud noise', { kind: 'noise', samples, seed: 11, amplitude: 0.8 }],
      ['a tone', { kind: 'sines', samples, terms: [[0.3, 440, 0]] }],
      ['hum', { kind: 'sines', samples, terms: [[0.1, 50, 0], [0.05, 100, 1]] }], // prettier-ignore
      ['a click', { kind: 'impulse', samples, at: 160_000, value: 0.9 }],
    ] as readonly (readonly [string, Signal])[]
  ).map(([name, signal]) => [name, () => makeSignal(signal)] as const),
  ['music', chords],
];

/** By the thresholds that openai/whisper's own fallback goes by, or a probability of speech below one half. */
function isFlagged({ avgLogProb, noSpeechProb, compressionRatio, temperature }: Segment): boolean {
  return avgLogProb! < -1 || noSpeechProb! > 0.5 || compressionRatio! > 2.4 || temperature! > 0;
}

describe.each([
  { name: 'tiny.en', source: whisperTinyEn, available: true, fitted: signals },
  { name: 'base', source: { path: testData('models/whisper-base') }, available: hasTestData, fitted: [] },
])('$name', ({ source, available, fitted }) => {
  describe.skipIf(!available)('hears in audio without speech', () => {
    let model: SpeechModel;
    let vad: Vad;
    beforeAll(async () => {
      model = await loadModel(source, { offThread: false });
      vad = await loadVad(sileroVad, { offThread: false });
    });
    afterAll(async () => {
      await model?.dispose();
      await vad?.dispose();
    });

    it.each(signals)('%s: nothing, or flagged text', async (_, make) => {
      const { segments, text } = await model.transcribe({ samples: make(), sampleRate: 16_000 });
      for (const segment of segments) {
        expect(isFlagged(segment), JSON.stringify({ ...segment, tokens: [], tokenLogProbs: [] })).toBe(true);
      }
      // A loop to the end of the context would have more.
      expect(text.split(' ').length).toBeLessThan(60);
    });

    // So little that a fitted window is shorter than 30 s; base's graphs take no such windows.
    it.each(fitted)('%s, 12 s in a fitted window', async (_, make) => {
      const heard = make().subarray(0, 12 * 16_000);
      const { segments, text } = await model.transcribe(
        { samples: heard, sampleRate: 16_000 },
        { decoding: { type: 'whisper', audioContext: 'fit' } },
      );
      for (const segment of segments) {
        expect(isFlagged(segment), JSON.stringify({ ...segment, tokens: [], tokenLogProbs: [] })).toBe(true);
      }
      expect(text.split(' ').length).toBeLessThan(60);
    });

    it.each(signals)('%s, behind a detector: nothing', async (_, make) => {
      const transcript = await model.transcribe({ samples: make(), sampleRate: 16_000 }, { vad });
      expect(transcript).toMatchObject({ text: '', segments: [], duration: SECONDS });
    });
  });
});
