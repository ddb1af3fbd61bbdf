/** The packaged Whisper, live. */
import sileroVad from '@org/asr-model-silero-vad';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import {
  loadModel,
  loadVad,
  measureWords,
  mixdown,
  normalizeEnglish,
  prepareAudio,
  readWav,
} from '@org/asr-node';
import type { AudioStreamSource, Pcm, SpeechModel, StreamEvent, StreamOptions, Vad } from '@org/asr-node';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const RATE = 16_000;
const readSamples = (path: string): Float32Array => mixdown(readWav(new Uint8Array(readFileSync(path))));
const jfk = readSamples(repositoryFile('tests/fixtures/audio/jfk.wav'));
const JFK_TEXT =
  'and so my fellow americans ask not what your country can do for you ask what you can do for your country';
const normalized = (text: string): string => normalizeEnglish(text).trim();

let model: SpeechModel;
let vad: Vad;
beforeAll(async () => {
  [model, vad] = await Promise.all([loadModel(whisperTinyEn), loadVad(sileroVad)]);
});
afterAll(async () => {
  await model.dispose();
  await vad.dispose();
});

async function* chunksOf(samples: Float32Array, length = 1600): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += length) yield samples.slice(at, at + length);
}

async function listen(samples: Float32Array, options: StreamOptions = {}): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  const source = chunksOf(samples);
  for await (const event of model.stream(source, { format: { sampleRate: RATE }, ...options })) {
    events.push(event);
  }
  return events;
}

const textOf = (events: readonly StreamEvent[]): string => {
  const last = events.at(-1);
  return last?.type === 'end' ? normalized(last.transcript.text) : 'no end';
};

/** Every confirmed text continues the one before it, and the segment begins with it. */
function checkConfirmed(events: readonly StreamEvent[]): number {
  let confirmed = '';
  let confirmations = 0;
  for (const event of events) {
    if (event.type === 'partial') {
      expect(event.confirmed.startsWith(confirmed)).toBe(true);
      expect(event.text.startsWith(event.confirmed)).toBe(true);
      if (event.confirmed !== confirmed) confirmations++;
      ({ confirmed } = event);
    }
    if (event.type === 'segment') {
      expect(event.segment.text.startsWith(confirmed)).toBe(true);
      confirmed = '';
    }
  }
  return confirmations;
}

describe('Whisper, live', () => {
  it('hears every word that it hears offline, and confirms while it listens', async () => {
    const events = await listen(jfk, { timestamps: 'word' });
    expect(textOf(events)).toBe(JFK_TEXT);
    // How often depends on how long a reading takes here.
    expect(checkConfirmed(events)).toBeGreaterThan(0);
    const times = events.flatMap((event) =>
      event.type === 'segment' ? event.segment.words!.flatMap(({ start, end }) => [start, end]) : [],
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(jfk.length / RATE);
    expect(events.at(-2)).toMatchObject({ type: 'endpoint', reason: 'end' });
  });

  it('reads once per utterance without partials, behind a detector', async () => {
    const pause = new Float32Array(2 * RATE);
    const twice = Float32Array.from([...pause, ...jfk, ...pause, ...jfk]);
    const events = await listen(twice, { vad, partials: false });
    // Half a second of pause cuts the sentence, and "my fellow" without its end reads "am I fellow" once.
    expect(measureWords(`${JFK_TEXT} ${JFK_TEXT}`, textOf(events)).wordErrorRate).toBeLessThan(0.05);
    expect(events.some(({ type }) => type === 'partial')).toBe(false);
    const start = events.find(({ type }) => type === 'speech-start');
    expect(start).toMatchObject({ time: expect.closeTo(2.3, 0) });
  });

  it('times words by the decoding itself when asked to', async () => {
    const listenTo = async (wordAlignment: 'decoding' | 'teacher-forced') => {
      const decoding = { type: 'whisper', wordAlignment } as const;
      const events = await listen(jfk, { partials: false, timestamps: 'word', decoding });
      return events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
    };
    const [fed, decoded] = [await listenTo('teacher-forced'), await listenTo('decoding')];
    expect(decoded.map(({ text }) => text)).toEqual(fed.map(({ text }) => text));
    const confidences = (segments: typeof fed) =>
      segments.flatMap(({ words }) => words!.map((word) => word.confidence));
    // Of a word of one token, its probability among all tokens when it was decoded, and not among those of text.
    const first = ({ tokenLogProbs }: (typeof fed)[number]) => Math.exp(tokenLogProbs![0]!);
    for (const segment of decoded) expect(segment.words![0]!.confidence).toBeCloseTo(first(segment), 6);
    expect(confidences(decoded)).not.toEqual(confidences(fed));
    const starts = (segments: typeof fed) =>
      segments.flatMap(({ words }) => words!.map(({ start }) => start));
    for (const [i, start] of starts(decoded).entries()) {
      expect(Math.abs(start - starts(fed)[i]!)).toBeLessThan(0.5);
    }
  });

  it('makes nothing of silence and of tones', async () => {
    const tones = Float32Array.from({ length: 6 * RATE }, (_, i) => {
      const note = [262, 330, 392, 523][Math.floor(i / (RATE / 2)) % 4]!;
      return 0.2 * Math.sin((2 * Math.PI * note * i) / RATE);
    });
    for (const samples of [new Float32Array(6 * RATE), tones]) {
      const events = await listen(samples, { vad });
      expect(textOf(events)).toBe('');
      expect(events).toContainEqual(expect.objectContaining({ type: 'endpoint', reason: 'no-speech' }));
    }
  });

  it('serves several streams at once', async () => {
    const half = jfk.slice(0, 4.6 * RATE);
    const [first, second] = await Promise.all([
      listen(jfk, { partials: false }),
      listen(half, { partials: false }),
    ]);
    expect(textOf(first)).toBe(JFK_TEXT);
    expect(textOf(second)).toBe('and so my fellow americans ask not');
  });

  it('hears the same from Node streams and web streams, at other rates, in stereo', async () => {
    const stereo = async (sampleRate: number): Promise<readonly Float32Array[]> => {
      const left = await prepareAudio({ samples: jfk, sampleRate: RATE }, sampleRate);
      return [left, left.map((sample) => sample / 2)];
    };
    /** As a recorder or a file gives it: bytes, cut wherever a buffer was full. */
    const bytes = async (): Promise<Readable> => {
      const channels = await stereo(44_100);
      const data = Int16Array.from({ length: 2 * channels[0]!.length }, (_, i) =>
        Math.round((channels[i % 2]![i >> 1]! * 32_767) / 1.01),
      );
      const all = Buffer.from(data.buffer);
      const pieces = Array.from({ length: Math.ceil(all.length / 9973) }, (_, i) =>
        all.subarray(9973 * i, 9973 * (i + 1)),
      );
      return Readable.from(pieces);
    };
    const pcm = async (): Promise<ReadableStream<Pcm>> => {
      const channels = await stereo(48_000);
      let at = 0;
      return new ReadableStream({
        pull(controller) {
          if (at >= channels[0]!.length) return controller.close();
          const samples = channels.map((channel) => channel.subarray(at, at + 5000));
          controller.enqueue({ samples, sampleRate: 48_000 });
          at += 5000;
        },
      });
    };
    const sources: readonly (readonly [AudioStreamSource, StreamOptions])[] = [
      [await bytes(), { format: { sampleRate: 44_100, channels: 2, encoding: 's16le' } }],
      [await pcm(), {}],
    ];
    for (const [source, options] of sources) {
      let last: StreamEvent | undefined;
      for await (const event of model.stream(source, { ...options, partials: false })) last = event;
      if (last?.type !== 'end') throw new Error('no end');
      expect(normalized(last.transcript.text)).toBe(JFK_TEXT);
      expect(last.transcript.duration).toBeCloseTo(jfk.length / RATE, 3);
    }
  });

  it('is left in the middle, and the model goes on', async () => {
    for await (const event of model.stream(chunksOf(jfk), { format: { sampleRate: RATE } })) {
      if (event.type === 'partial') break;
    }
    const stream = model.openStream({ format: { sampleRate: RATE } });
    await stream.write(jfk.slice(0, 2 * RATE));
    await stream.dispose();
    await expect(stream.write(jfk)).rejects.toMatchObject({ code: 'DISPOSED' });
    const { text } = await model.transcribe({ samples: jfk, sampleRate: RATE });
    expect(normalized(text)).toBe(JFK_TEXT);
  });

  it('refuses what it cannot honour', async () => {
    const clips = { decoding: { type: 'whisper', clipRanges: [{ start: 1 }] } } as const;
    expect(() => model.openStream(clips)).toThrow(/decoding.clipRanges/);
    expect(() => model.openStream({ language: 'fr' })).toThrow(/English-only/);
    await expect(listen(jfk, { decoding: { type: 'ctc-greedy' } })).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
    });
  });
});

describe.skipIf(!hasTestData)('a CTC model without states, live', () => {
  it('reads prompts as well as offline, and never takes back what it confirmed', async () => {
    await using ctc = await loadModel({ path: testData('models/english-ctc') });
    const prompts = JSON.parse(readFileSync(testData('audio/prompts/en.json'), 'utf8')) as {
      readonly file: string;
      readonly text: string;
    }[];
    const references: string[] = [];
    const offline: string[] = [];
    const live: string[] = [];
    for (const { file, text } of prompts.slice(0, 8)) {
      const samples = readSamples(testData(`audio/prompts/en/${file}`));
      const events: StreamEvent[] = [];
      const source = chunksOf(samples);
      for await (const event of ctc.stream(source, { format: { sampleRate: RATE } })) events.push(event);
      checkConfirmed(events);
      references.push(normalized(text));
      offline.push(normalized((await ctc.transcribe({ samples, sampleRate: RATE })).text));
      live.push(textOf(events));
    }
    const errors = (texts: readonly string[]): number => measureWords(references, texts).wordErrorRate;
    expect(errors(live)).toBeLessThanOrEqual(errors(offline) + 0.01);
  });
});
