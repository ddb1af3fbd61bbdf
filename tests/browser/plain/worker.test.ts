import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import sileroVad from '@org/asr-model-silero-vad';
import type { LoadProgress, Pcm, Segment, SpeechModel, StreamEvent, TimedChunk } from '@org/asr-core';
import { AsrError, joinFloats, mixdown, readWav } from '@org/asr-core';
import { connectWorker } from '@org/asr-web/worker';
import type { RemoteModels } from '@org/asr-web/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digits, DIGITS_CLIP, DIGITS_TEXT } from '../digits.js';

const audio = (name: string) => new URL(`../../fixtures/audio/${name}`, import.meta.url);
const jfk = audio('jfk.wav');

/** What the reference implementation gives for this recording and model (fp32). */
const TEXT =
  'And so my fellow Americans ask not what your country can do for you ask what you can do for your country';

function startWorker(): Worker {
  return new Worker(new URL('../workers/asr.worker.ts', import.meta.url), { type: 'module' });
}

let asr: RemoteModels;
let model: SpeechModel;
const loading: LoadProgress[] = [];

beforeAll(async () => {
  asr = connectWorker(startWorker());
  model = await asr.loadModel(whisperTinyEn, { onProgress: (progress) => loading.push(progress) });
});
afterAll(() => asr.dispose());

async function samplesOf(url: URL): Promise<Float32Array> {
  return mixdown(readWav(new Uint8Array(await (await fetch(url)).arrayBuffer())));
}

describe('a model in a worker', () => {
  it('says what was loaded, and how far that is', () => {
    expect(model.info).toMatchObject({ family: 'whisper', provider: 'wasm', fallbacks: [] });
    expect(new Set(loading.map(({ type }) => type))).toEqual(new Set(['download', 'session', 'ready']));
  });

  it('transcribes as on the page, and leaves the samples alone', async () => {
    const pcm = readWav(new Uint8Array(await (await fetch(jfk)).arrayBuffer()));
    const before = structuredClone(pcm.samples);
    const seconds: number[] = [];
    const transcript = await model.transcribe(pcm, { onProgress: (done) => seconds.push(done.seconds) });
    expect(transcript.text.trim()).toBe(TEXT);
    expect(pcm.samples).toEqual(before);
    expect(seconds.at(-1)).toBe(11);
  });

  it('takes compressed audio by address, Blob and stream', async () => {
    const mp3 = audio('jfk-1s.mp3');
    const blob = await (await fetch(mp3)).blob();
    const texts: string[] = [];
    for (const input of [mp3, mp3.pathname, blob, blob.stream()]) {
      texts.push((await model.transcribe(input)).text);
    }
    expect(texts[0]!.trim()).not.toBe('');
    expect(new Set(texts).size).toBe(1);

    // In a browser without WebCodecs the page decodes.
    const old = new Worker(new URL('../workers/old.worker.ts', import.meta.url), { type: 'module' });
    await using helped = connectWorker(old);
    const other = await helped.loadModel(whisperTinyEn);
    expect((await other.transcribe(mp3)).text).toBe(texts[0]);
  });

  it('yields segments as they come, and ends when the loop does', async () => {
    const all: Segment[] = [];
    for await (const segment of model.segments(jfk)) all.push(segment);
    expect(all.map(({ text }) => text.trim()).join(' ')).toBe(TEXT);
    for await (const segment of model.segments(jfk)) {
      expect(segment).toEqual(all[0]);
      break;
    }
  });

  it('carries errors with their codes and classes', async () => {
    await expect(model.transcribe(Uint8Array.of(1, 2, 3, 4))).rejects.toMatchObject({
      code: 'AUDIO_INVALID',
    });
    await expect(model.transcribe(new Float32Array(16_000) as never)).rejects.toThrow(TypeError);
    await expect(model.transcribe(jfk, { decoding: { type: 'whisper', temperature: -1 } })).rejects.toThrow(
      RangeError,
    );
    const missing = asr.loadModel({ name: 'none', urls: {} });
    expect(AsrError.isInstance(await missing.catch((error: unknown) => error))).toBe(true);
    await expect(missing).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('refuses what can only be used on the page', async () => {
    const functions = { fetch: () => Promise.reject(new Error('not to be called')) };
    await expect(asr.loadModel(whisperTinyEn, { download: functions })).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      message: expect.stringContaining('options.download.fetch is a function'),
    });
    await expect(asr.loadModel(whisperTinyEn, { offThread: false })).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
    });
  });

  it('stops with the reason of the signal and goes on serving', async () => {
    const once = await samplesOf(jfk);
    const samples = joinFloats(Array.from({ length: 20 }, () => once));
    const controller = new AbortController();
    const seconds: number[] = [];
    const pending = model.transcribe(
      { samples, sampleRate: 16_000 },
      {
        signal: controller.signal,
        // Many windows from the end, so that even a page that is slow to say so says it in time.
        onProgress: (done) => {
          seconds.push(done.seconds);
          controller.abort(new Error('changed my mind'));
        },
      },
    );
    await expect(pending).rejects.toThrow('changed my mind');
    expect(seconds[0]).toBeLessThan(60);
    expect((await model.transcribe(jfk)).text.trim()).toBe(TEXT);
  });

  it('finds speech there, also for a transcription and live', async () => {
    await using vad = await asr.loadVad(sileroVad);
    const spans = await vad.detect(jfk);
    expect(spans).toHaveLength(4);
    const { text } = await model.transcribe(jfk, { vad });
    expect(text.trim().toLowerCase()).toContain('ask what you can do for your country');
    const channel = await samplesOf(jfk);
    const stream = vad.stream();
    const events = [...(await stream.push(channel.subarray(0, 10_000)))];
    expect(stream.speaking).toBe(true);
    events.push(...(await stream.push(channel.subarray(10_000))), ...(await stream.finish()));
    expect(events.filter(({ type }) => type === 'speech-start').map(({ time }) => time)).toEqual(
      spans.map(({ start }) => start),
    );
  });
});

describe('live audio for a model in a worker', () => {
  async function* chunksOf(samples: Float32Array, failure?: Error): AsyncGenerator<Pcm> {
    for (let at = 0; at < samples.length; at += 8000) {
      yield { samples: samples.subarray(at, at + 8000), sampleRate: 16_000 };
    }
    if (failure) throw failure;
  }

  async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
    const all: StreamEvent[] = [];
    for await (const event of events) all.push(event);
    return all;
  }

  const textOf = (events: readonly StreamEvent[]): string =>
    events
      .flatMap((event) => (event.type === 'segment' ? [event.segment.text.trim()] : []))
      .join(' ')
      .toLowerCase();

  it('transcribes a source', async () => {
    const events = await collect(model.stream(chunksOf(await samplesOf(jfk)), { partials: false }));
    expect(events.at(-1)?.type).toBe('end');
    expect(textOf(events)).toContain('what your country can do for you');
  });

  it('transcribes what is written, and leaves the chunks alone', async () => {
    const samples = (await samplesOf(jfk)).slice(0, 5 * 16_000);
    const before = samples.slice();
    await using stream = model.openStream({ partials: false, format: { sampleRate: 16_000 } });
    const reading = collect(stream);
    await stream.write(samples.subarray(0, 30_000));
    await stream.write(samples.subarray(30_000));
    await stream.flush();
    await stream.end();
    const events = await reading;
    expect(samples).toEqual(before);
    expect(textOf(events)).toContain('my fellow americans');
    await expect(stream.write(samples)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('hears where audio is missing by the times of its chunks', async () => {
    const audio = (await samplesOf(jfk)).slice(0, 3 * 16_000);
    await using stream = model.openStream({ partials: false, format: { sampleRate: 16_000 } });
    const reading = collect(stream);
    await stream.write({ audio, time: 50 });
    await stream.write({ audio, time: 3653 });
    await stream.end();
    const written = await reading;
    const timed = (async function* () {
      yield { audio, time: 50 };
      yield { audio, time: 3653 };
    })();
    const read = await collect(model.stream(timed, { partials: false, format: { sampleRate: 16_000 } }));
    for (const events of [written, read]) {
      expect(events).toContainEqual(expect.objectContaining({ type: 'endpoint', reason: 'gap' }));
      expect(events.at(-1)).toMatchObject({ type: 'end', transcript: { duration: 3606 } });
    }
  });

  it('tells once that nobody speaks, also where that ends it', async () => {
    const silence = (async function* () {
      for (let second = 0; second < 6; second++)
        yield { samples: new Float32Array(16_000), sampleRate: 16_000 };
    })();
    const types = (await collect(model.stream(silence))).map((event) =>
      event.type === 'endpoint' ? event.reason : event.type,
    );
    expect(types).toEqual(['no-speech', 'end']);
    const endless = (async function* () {
      for (;;) yield { samples: new Float32Array(16_000), sampleRate: 16_000 };
    })();
    const command = await collect(model.stream(endless, { mode: 'utterance' }));
    expect(command.map(({ type }) => type)).toEqual(['endpoint', 'end']);
  });

  it('serves several streams at once', async () => {
    const samples = await samplesOf(jfk);
    const parts = [samples, samples.slice(0, 5 * 16_000)];
    const heard = await Promise.all(
      parts.map(async (part) => textOf(await collect(model.stream(chunksOf(part), { partials: false })))),
    );
    expect(heard[0]).toContain('what your country can do for you');
    expect(heard[1]).toContain('my fellow americans');
    expect(heard[1]).not.toContain('country can do');
  });

  it('refuses times that go back and samples that are none, after what came before', async () => {
    const good = (await samplesOf(jfk)).slice(0, 3 * 16_000);
    const broken: readonly TimedChunk[] = [
      { audio: { samples: good, sampleRate: 16_000 }, time: 4 },
      { audio: { samples: Float32Array.of(Number.NaN), sampleRate: 16_000 }, time: 53 },
    ];
    for (const chunk of broken) {
      const events: StreamEvent[] = [];
      const source = (async function* () {
        yield { audio: { samples: good, sampleRate: 16_000 }, time: 50 };
        yield chunk;
      })();
      const reading = (async () => {
        for await (const event of model.stream(source, { partials: false })) events.push(event);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
      expect(textOf(events)).toContain('fellow');
    }
  });

  it("tells the source's own error after what came before it", async () => {
    const failure = new Error('the microphone was unplugged');
    const events: StreamEvent[] = [];
    const reading = (async () => {
      const samples = (await samplesOf(jfk)).slice(0, 3 * 16_000);
      for await (const event of model.stream(chunksOf(samples, failure), { partials: false }))
        events.push(event);
    })();
    await expect(reading).rejects.toBe(failure);
    expect(textOf(events)).toContain('fellow');
  });

  it('ends with the loop, the signal and the stream', async () => {
    let returned = false;
    const silence: AsyncIterable<Pcm> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => {
          returned = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const controller = new AbortController();
    const pending = collect(model.stream(silence, { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(pending).rejects.toThrow('enough');
    expect(returned).toBe(true);
    const stream = model.openStream();
    const reading = collect(stream);
    await stream.dispose();
    expect(await reading).toEqual([]);
    expect(() => model.openStream({ mode: 'other' as 'dictation' })).toThrow(RangeError);
  });
});

it('loads files in memory', async () => {
  await using other = connectWorker(startWorker());
  const [[name, url]] = Object.entries(sileroVad.urls) as [[string, URL]];
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const vad = await other.loadVad({ files: { [name]: bytes } });
  expect(bytes.length).toBeGreaterThan(0);
  expect(await vad.detect(jfk)).toHaveLength(4);
  await vad.dispose();
  await expect(vad.detect(jfk)).rejects.toMatchObject({ code: 'DISPOSED' });
});

it('says that a worker did not start', async () => {
  const worker = new Worker(new URL('../workers/broken.worker.ts', import.meta.url), { type: 'module' });
  await using broken = connectWorker(worker);
  await expect(broken.loadModel(whisperTinyEn)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('this worker is broken'),
  });
});

it('rejects what is under way when the worker is disposed', async () => {
  const other = connectWorker(startWorker());
  const pending = other.loadModel(whisperTinyEn);
  void other.dispose();
  await expect(pending).rejects.toMatchObject({ code: 'DISPOSED' });
});

describe('a worker that is gone', () => {
  it.each([
    ['closed itself', (worker: Worker) => worker.postMessage({ close: true }, [])],
    ['was terminated', (worker: Worker) => worker.terminate()],
  ])('because it %s rejects what is under way and what comes later; a new one works', async (_, end) => {
    const worker = new Worker(new URL('../workers/closing.worker.ts', import.meta.url), { type: 'module' });
    await using gone = connectWorker(worker);
    const lost = await gone.loadModel(digits);
    expect((await lost.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
    const stream = lost.openStream();
    const pending = [
      gone.loadModel(digits),
      lost.transcribe(DIGITS_CLIP),
      stream[Symbol.asyncIterator]().next(),
    ];
    end(worker);
    const failure = { code: 'BACKEND_FAILED', message: expect.stringContaining('the worker has ended') };
    for (const call of pending) await expect(call).rejects.toMatchObject(failure);
    await expect(lost.transcribe(DIGITS_CLIP)).rejects.toMatchObject(failure);
    await expect(gone.loadModel(digits)).rejects.toMatchObject(failure);
    await using other = connectWorker(startWorker());
    const again = await other.loadModel(digits);
    expect((await again.transcribe(DIGITS_CLIP)).text).toBe(DIGITS_TEXT);
  });
});

it('says how many threads it has, and why', async () => {
  expect(model.info.threads).toEqual({
    threads: 1,
    reason: expect.stringContaining('not cross-origin isolated'),
  });
});
