/** The packaged Whisper behind the packaged detector. */
import sileroVad from '@org/asr-model-silero-vad';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import {
  joinFloats,
  loadModel,
  loadVad,
  mixdown,
  normalizeEnglish,
  readWav,
  wordErrorRate,
} from '@org/asr-node';
import type { Pcm, Segment, SpeechModel, TranscribeOptions, Transcript, Vad } from '@org/asr-node';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mulberry32 } from '../golden/signals.js';

const RATE = 16_000;
const jfk = mixdown(readWav(new Uint8Array(readFileSync(repositoryFile('tests/fixtures/audio/jfk.wav')))));
const JFK_TEXT =
  'and so my fellow americans ask not what your country can do for you ask what you can do for your country';
const pcm = (samples: Float32Array): Pcm => ({ samples, sampleRate: RATE });
const silence = (seconds: number): Float32Array => new Float32Array(seconds * RATE);
const normalized = (text: string): string => normalizeEnglish(text).trim();

const join = (...parts: readonly Float32Array[]): Float32Array => joinFloats(parts);

let model: SpeechModel;
let vad: Vad;
beforeAll(async () => {
  [model, vad] = await Promise.all([
    loadModel(whisperTinyEn, { offThread: false }),
    loadVad(sileroVad, { offThread: false }),
  ]);
});
afterAll(async () => {
  await model.dispose();
  await vad.dispose();
});

/** Ends before starts, words inside of their segments, all of it inside of the audio. */
function checkTimes({ segments, duration }: Transcript): void {
  let reached = 0;
  for (const { start, end, words = [] } of segments) {
    const times = [reached, start, ...words.flatMap((word) => [word.start, word.end]), end];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    reached = end;
  }
  expect(reached).toBeLessThanOrEqual(duration);
}

describe('speech between long silences', () => {
  const at = (from: number, to: number): Float32Array => jfk.subarray(from * RATE, to * RATE);
  const audio = join(
    silence(20),
    at(0, 2.8),
    silence(20),
    at(2.8, 7.9),
    silence(60),
    at(7.9, 11),
    silence(7),
  );
  /** Where the phrases are, by the golden segments of jfk and what was put between. */
  const phrases = [
    { start: 20.32, end: 22.27, text: 'and so my fellow americans' },
    { start: 43.27, end: 47.68, text: 'ask not what your country can do for you' },
    { start: 108.16, end: 110.62, text: 'ask what you can do for your country' },
  ];

  it.each<TranscribeOptions>([{ timestamps: 'segment' }, { timestamps: 'word' }])(
    'is heard where it is, %o',
    async (options) => {
      const done: number[] = [];
      const transcript = await model.transcribe(pcm(audio), {
        ...options,
        vad,
        onProgress: ({ seconds }) => done.push(seconds),
      });
      expect(normalized(transcript.text)).toBe(JFK_TEXT);
      expect(transcript.duration).toBeCloseTo(audio.length / RATE, 6);
      checkTimes(transcript);
      const inside = (time: number): boolean =>
        phrases.some(({ start, end }) => time > start - 0.5 && time < end + 0.5);
      for (const { start, end, words = [] } of transcript.segments) {
        expect([start, end].every(inside)).toBe(true);
        // A word is spoken in one go, however long the silence is that was left out before or after it.
        for (const word of words) {
          const phrase = phrases.find((one) => word.start > one.start - 0.5 && word.end < one.end + 0.5);
          expect(normalizeEnglish(phrase?.text ?? '')).toContain(normalized(word.text));
        }
      }
      const words = transcript.segments.flatMap((segment) => segment.words ?? []);
      expect(words).toHaveLength(options.timestamps === 'word' ? 22 : 0);
      expect(done).toEqual(done.toSorted((a, b) => a - b));
      expect(done.at(-1)).toBeCloseTo(audio.length / RATE, 6);
    },
  );

  it('is heard inside of clips only', async () => {
    const clipRanges = [{ start: 0, end: 30 }, { start: 108, end: 112 }]; // prettier-ignore
    const transcript = await model.transcribe(pcm(audio), { vad, decoding: { type: 'whisper', clipRanges } });
    checkTimes(transcript);
    for (const { start, end } of transcript.segments) {
      expect(clipRanges.some((clip) => start >= clip.start && end <= clip.end)).toBe(true);
    }
    expect(normalized(transcript.text)).toMatch(/fellow americans ask what you can do for your country$/);
  });

  it('comes segment by segment as well, and from every channel where it was spoken', async () => {
    const late = join(silence(60), jfk, silence(audio.length / RATE - 71));
    const channels = { samples: [audio, late], sampleRate: RATE };
    const whole = await model.transcribe(channels, { vad, channels: 'separate' });
    expect(whole.channels!.map(({ text }) => normalized(text))).toEqual([JFK_TEXT, JFK_TEXT]);
    expect(whole.channels![1]!.segments[0]!.start).toBeCloseTo(60.3, 0);
    const segments: Segment[] = [];
    for await (const segment of model.segments(channels, { vad, channels: 'separate' }))
      segments.push(segment);
    expect(segments).toEqual(whole.segments);
  });
});

// Without the detector: whisper-non-speech.test.ts.
describe('sounds that are not speech', () => {
  const random = mulberry32(7);
  const tone = (frequency: number, n: number): number => Math.sin((2 * Math.PI * frequency * n) / RATE);
  const signals: Readonly<Record<string, (n: number) => number>> = {
    silence: () => 0,
    'faint noise': () => 1e-4 * (2 * random() - 1),
    'white noise': () => 0.1 * (2 * random() - 1),
    'a tone': (n) => 0.3 * tone(440, n),
    chords: (n) => {
      const root = 220 * 2 ** ([0, 5, 7, 0][Math.floor(n / RATE) % 4]! / 12);
      const decay = Math.exp(-((n % 8000) / 4000));
      return 0.15 * decay * [1, 1.26, 1.5, 2].reduce((sum, ratio) => sum + tone(root * ratio, n), 0);
    },
  };

  it.each(Object.entries(signals))('%s gives no text behind the detector', async (_, signal) => {
    const audio = pcm(Float32Array.from({ length: 30 * RATE }, (_, n) => signal(n)));
    const done: number[] = [];
    const onProgress = ({ seconds }: { readonly seconds: number }): void => void done.push(seconds);
    const transcript = await model.transcribe(audio, { vad, onProgress });
    expect(transcript).toMatchObject({ text: '', segments: [], duration: 30 });
    expect(done).toEqual([30]);
  });
});

describe('the option', () => {
  it('takes thresholds, and names those that can not be', async () => {
    const strict = await model.transcribe(pcm(jfk), { vad: { model: vad, minSpeechDuration: 30 } });
    expect(strict).toMatchObject({ text: '', segments: [] });
    const wrong = async (option: unknown, message: RegExp): Promise<void> => {
      await expect(model.transcribe(pcm(jfk), { vad: option as Vad })).rejects.toThrow(message);
    };
    await wrong({ model: vad, treshold: 1 }, /vad\.treshold/);
    await wrong({ model: vad, threshold: 7 }, /vad\.threshold/);
    await wrong({ model: vad, maxPause: -1 }, /vad\.maxPause/);
    await wrong({ threshold: 0.5 }, /loadVad/);
    await wrong(true, /loadVad/);
  });

  it('stops with the signal, and with the detector', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const audio = pcm(jfk);
    const clipRanges = [{ start: 0, end: 2.8 }, { start: 7.9, end: 11 }]; // prettier-ignore
    const done: number[] = [];
    const call = model.transcribe(audio, {
      vad,
      decoding: { type: 'whisper', clipRanges },
      signal: controller.signal,
      onProgress: ({ seconds }) => {
        done.push(seconds);
        controller.abort(reason);
      },
    });
    await expect(call).rejects.toBe(reason);
    expect(done).toHaveLength(1);
    const gone = await loadVad(sileroVad, { offThread: false });
    await gone.dispose();
    await expect(model.transcribe(audio, { vad: gone })).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe.skipIf(!hasTestData)('three minutes of prompts (extended test data)', () => {
  it('hears every prompt once, with boundaries within 0.5 s', async () => {
    const truth = JSON.parse(readFileSync(testData('audio/long/prompts-en.json'), 'utf8')) as readonly {
      readonly start: number;
      readonly end: number;
      readonly text: string;
    }[];
    const recording = testData('audio/long/prompts-en.flac');
    const transcript = await model.transcribe(recording, { vad });
    checkTimes(transcript);
    const spoken = truth.map(({ text }) => text).join(' ');
    const rateOf = ({ text }: Transcript): number =>
      wordErrorRate(normalizeEnglish(spoken), normalizeEnglish(text));
    expect(rateOf(transcript)).toBeLessThanOrEqual(rateOf(await model.transcribe(recording)));
    for (const prompt of truth) {
      const own = transcript.segments.filter(
        ({ start, end }) => Math.min(end, prompt.end) - Math.max(start, prompt.start) > 0.5 * (end - start),
      );
      expect(own.length, prompt.text).toBeGreaterThan(0);
      expect(Math.abs(own[0]!.start - prompt.start), prompt.text).toBeLessThan(0.5);
      expect(Math.abs(own.at(-1)!.end - prompt.end), prompt.text).toBeLessThan(0.5);
      const rate = wordErrorRate(
        normalizeEnglish(prompt.text),
        normalizeEnglish(own.map(({ text }) => text).join(' ')),
      );
      expect(rate, prompt.text).toBeLessThan(0.6);
    }
    // Once each: nothing is heard that is not in the truth, and no prompt lacks.
    const taken = truth.map((prompt) =>
      transcript.segments.filter(
        ({ start, end }) => (start + end) / 2 > prompt.start - 0.5 && (start + end) / 2 < prompt.end + 0.5,
      ),
    );
    expect(taken.flat()).toEqual(transcript.segments);
  });
});
