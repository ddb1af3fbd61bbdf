/** How live streams end, with models of all kinds: always in the right event or error, and with nothing left behind. */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import {
  createNodeBackend,
  loadModel,
  measureWords,
  mixdown,
  normalizeEnglish,
  readWav,
  type ModelSource,
  type SpeechModel,
  type StreamEvent,
  type StreamOptions,
} from '@org/asr-node';
import { hasTestData, repositoryFile, testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFolder, readGolden } from './ctc-reference.js';
import { checkEvents } from './live-events.js';

const read = (file: string): Float32Array => mixdown(readWav(new Uint8Array(readFileSync(file))));

interface Subject {
  readonly name: string;
  readonly source: () => ModelSource;
  readonly audio: () => { readonly samples: Float32Array; readonly sampleRate: number };
  /** Seconds into the audio: within speech, and in a word. */
  readonly within: number;
}

const jfk = (): ReturnType<Subject['audio']> => ({
  samples: read(repositoryFile('tests/fixtures/audio/jfk.wav')),
  sampleRate: 16_000,
});
const subjects: readonly Subject[] = [
  { name: 'tiny.en', source: () => whisperTinyEn, audio: jfk, within: 4.1 },
  ...['english-ctc']
    .filter(() => hasTestData)
    .map((name) => ({
      name,
      source: () => ({ path: modelFolder(name) }),
      audio: () => {
        const file = 'vm-opts-full.wav';
        return { samples: read(testData(`audio/prompts/en-unseen/${file}`)), sampleRate: 16_000 };
      },
      within: 4.1,
    })),
  ...['digits-streaming-ctc', 'digits-deepspeech']
    .filter(() => hasTestData)
    .map((name) => ({
      name,
      source: () => ({ path: modelFolder(name) }),
      audio: () => {
        const folder = modelFolder(name);
        const wav = readWav(new Uint8Array(readFileSync(`${folder}/${readGolden(folder).detail_clip}`)));
        return { samples: mixdown(wav), sampleRate: wav.sampleRate };
      },
      within: 2,
    })),
];

describe.each(subjects)('$name, live,', ({ source, audio, within }) => {
  const { samples, sampleRate } = audio();
  let backend: Awaited<ReturnType<typeof createNodeBackend>>;
  let model: SpeechModel;
  let idleTensors: number;
  beforeAll(async () => {
    backend = await createNodeBackend();
    model = await loadModel(source(), { backend });
    idleTensors = backend.liveTensors;
  });
  afterAll(async () => {
    await model.dispose();
    expect(backend.liveTensors).toBe(0);
    await backend.dispose();
  });

  /** Chunks of 20 ms; `before` is told the time of each, and may wait or throw. */
  async function* play(
    before: (seconds: number) => unknown = () => {},
    seconds = samples.length / sampleRate,
  ): AsyncGenerator<Float32Array> {
    const length = sampleRate / 50;
    const end = Math.round(seconds * sampleRate);
    for (let at = 0; at < end; at += length) {
      await before(at / sampleRate);
      yield samples.subarray(at, Math.min(at + length, end));
    }
  }

  async function listen(
    chunks: AsyncIterable<Float32Array>,
    events: StreamEvent[] = [],
    options: StreamOptions = {},
  ): Promise<StreamEvent[]> {
    for await (const event of model.stream(chunks, { format: { sampleRate }, ...options }))
      events.push(event);
    checkEvents(events);
    return events;
  }

  const wordsOf = (events: readonly StreamEvent[]): string =>
    events.flatMap((event) => (event.type === 'segment' ? [event.segment.text] : [])).join(' ');

  const words = (text: string): string[] => normalizeEnglish(text).trim().split(' ');

  /** What offline hears until `within`, but for the word that the cut went through, which may be heard as anything. */
  async function wholeWords(): Promise<readonly string[]> {
    const pcm = { samples: samples.subarray(0, Math.round(within * sampleRate)), sampleRate };
    const whole = words((await model.transcribe(pcm)).text).slice(0, -1);
    expect(whole.length).toBeGreaterThan(0);
    return whole;
  }

  it('tells what was said until the audio breaks off', async () => {
    const events = await listen(play(undefined, within));
    const whole = await wholeWords();
    expect(words(wordsOf(events)).slice(0, whole.length)).toEqual(whole);
    expect(events.at(-2)).toMatchObject({ type: 'endpoint', reason: 'end' });
    expect(events.at(-1)).toMatchObject({ type: 'end', transcript: { duration: within } });
  });

  it('tells what came before an error of the source, then the error', async () => {
    const failure = new Error('unplugged');
    const events: StreamEvent[] = [];
    const broken = play((seconds) => {
      if (seconds >= within) throw failure;
    });
    await expect(listen(broken, events)).rejects.toBe(failure);
    const whole = await wholeWords();
    expect(words(wordsOf(events)).slice(0, whole.length)).toEqual(whole);
    expect(events.some(({ type }) => type === 'end')).toBe(false);
  });

  it('hears the same from a source that stalls: time is that of the audio', async () => {
    const stalling = play((seconds) => (Math.abs(seconds - within) < 0.01 ? sleep(1200) : undefined));
    const events = await listen(stalling);
    const offline = await model.transcribe({ samples, sampleRate });
    const { hits } = measureWords(offline.text, wordsOf(events), { normalize: normalizeEnglish });
    expect(hits).toBe(words(offline.text).length);
    expect(events.at(-1)).toMatchObject({ transcript: { duration: samples.length / sampleRate } });
  });

  it('tells once that nobody speaks, and makes up nothing', async () => {
    const events = await listen(silenceOf(10));
    expect(events).toEqual([
      { type: 'endpoint', time: expect.closeTo(2.4, 0), reason: 'no-speech' },
      {
        type: 'end',
        transcript: expect.objectContaining({ text: '', duration: 10, segments: [] }) as unknown,
      },
    ]);
    const command = await listen(silenceOf(60), [], { mode: 'utterance' });
    expect(command.map(({ type }) => type)).toEqual(['endpoint', 'end']);
  });

  function* pieces(audio: Float32Array): Generator<Float32Array> {
    for (let at = 0; at < audio.length; at += sampleRate) yield audio.subarray(at, at + sampleRate);
  }

  async function* silenceOf(seconds: number): AsyncGenerator<Float32Array> {
    yield* pieces(new Float32Array(seconds * sampleRate));
  }

  it('ends with the first utterance where commands are heard, though the source goes on', async () => {
    const endless = (async function* () {
      for (;;) {
        yield* play();
        yield* silenceOf(3);
      }
    })();
    const events = await listen(endless, [], { mode: 'utterance', partials: false });
    expect(events.filter(({ type }) => type === 'endpoint')).toHaveLength(1);
    expect(events.at(-2)).toMatchObject({ type: 'endpoint', reason: 'silence' });
    const offline = words((await model.transcribe({ samples, sampleRate })).text);
    const command = words(wordsOf(events));
    expect(command[0]).toBe(offline[0]);
    // Once, not twice; a model may cut a word in two.
    expect(command.length).toBeLessThan(1.5 * offline.length);
  });

  it('keeps the time of the stream over a long silence', async () => {
    // Text depends on the silence before it as well: twice the same.
    const lead = 90;
    const [sooner, later] = await Promise.all(
      [30, lead].map((seconds) =>
        listen(
          (async function* () {
            yield* silenceOf(seconds);
            yield* play();
          })(),
          [],
          { partials: false },
        ),
      ),
    );
    const segments = (events: readonly StreamEvent[], shift: number) =>
      events.flatMap((event) =>
        event.type === 'segment' ? [[event.segment.text, event.segment.start - shift]] : [],
      );
    const [[text, start]] = segments(later!, lead) as [[string, number]];
    expect(text).not.toBe('');
    expect(start).toBeGreaterThanOrEqual(-0.5);
    expect(start).toBeLessThan(1);
    const [[, before]] = segments(sooner!, 30) as [[string, number]];
    expect(Math.abs(start - before)).toBeLessThan(0.2);
  });

  it('can be aborted at any moment, and leaves nothing behind', async () => {
    const whole = performance.now();
    await listen(play());
    const took = performance.now() - whole;
    for (let i = 0; i < 5; i++) {
      const controller = new AbortController();
      const reason = new Error(`abort ${i}`);
      setTimeout(() => controller.abort(reason), (i / 5) * took);
      await expect(
        listen(
          play(() => sleep(0)),
          [],
          { signal: controller.signal },
        ),
      ).rejects.toBe(reason);
    }
    expect(backend.liveTensors).toBe(idleTensors);
  });

  it('ends with its model, several streams at once', async () => {
    const own = await loadModel(source(), { backend });
    const failures: unknown[] = [];
    const streams = [0, 1].map(async (i) => {
      const slow = play((seconds) => (seconds > within ? sleep(20 + i) : undefined));
      for await (const { type } of own.stream(slow, { format: { sampleRate } })) if (type === 'end') break;
    });
    for (const stream of streams) stream.catch((error: unknown) => failures.push(error));
    await sleep(300);
    await own.dispose();
    await Promise.allSettled(streams);
    expect(failures).toEqual([0, 1].map(() => expect.objectContaining({ code: 'DISPOSED' }) as unknown));
    expect(backend.liveTensors).toBe(idleTensors);
  });

  it('stops reading the source when aborted, and when the loop is left', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let asked = 0;
    const watched = play((seconds) => {
      asked = seconds;
      if (seconds >= within) controller.abort(reason);
      return sleep(1);
    });
    await expect(listen(watched, [], { signal: controller.signal })).rejects.toBe(reason);
    expect(asked).toBeLessThan(within + 0.2);

    let returned = false;
    const left = (async function* () {
      try {
        yield* play(() => sleep(1));
      } finally {
        returned = true;
      }
    })();
    for await (const { type } of model.stream(left, { format: { sampleRate } })) {
      if (type === 'speech-start') break;
    }
    await sleep(50);
    expect(returned).toBe(true);
  });

  it('ends with an error when samples are no audio, after what was said before them', async () => {
    const events: StreamEvent[] = [];
    const damaged = (async function* () {
      yield* play(undefined, within);
      yield Float32Array.of(0, Number.NaN);
    })();
    await expect(listen(damaged, events)).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
    expect(wordsOf(events)).not.toBe('');
  });
});

it.skipIf(!hasTestData)('loses no word of 44 s with Whisper', { timeout: 900_000 }, async () => {
  await using model = await loadModel(whisperTinyEn);
  const samples = read(testData('golden/wav/two_cities.wav'));
  let text = '';
  const chunks = (async function* () {
    for (let at = 0; at < samples.length; at += 320) yield samples.subarray(at, at + 320);
  })();
  for await (const event of model.stream(chunks, { format: { sampleRate: 16_000 } })) {
    if (event.type === 'end') ({ text } = event.transcript);
  }
  const offline = await model.transcribe({ samples, sampleRate: 16_000 });
  const { substitutions, deletions } = measureWords(offline.text, text, { normalize: normalizeEnglish });
  expect({ substitutions, deletions }).toEqual({ substitutions: 0, deletions: 0 });
});
