import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { ChunkReader } from './chunk-reader.js';
import type { LiveDecoder, LiveEvent } from './live-decoder.js';
import { LiveStream, type LiveStreamParts } from './live-stream.js';
import { LiveStreams } from './live-streams.js';
import type { StreamEvent } from './stream-events.js';
import type { StreamOptions } from './stream-options.js';

const RATE = 1000;
const TRANSCRIPT = { text: 'all', duration: 1, segments: [] };
const segment = (text: string): LiveEvent => ({ type: 'segment', segment: { start: 0, end: 1, text } });
const chunk = (length: number): Float32Array => new Float32Array(length);
const format = { sampleRate: RATE };

/** Tells what it is given. A push of `loud` samples ends an utterance. */
class EchoDecoder implements LiveDecoder {
  readonly sampleRate = RATE;
  readonly calls: string[] = [];
  disposed = 0;
  /** Held by tests to keep a push under way. */
  gate: Promise<unknown> | undefined;
  #signal: AbortSignal | undefined;

  open = (signal: AbortSignal): LiveDecoder => {
    this.#signal = signal;
    return this;
  };

  async *push(samples: Float32Array): AsyncGenerator<LiveEvent> {
    this.calls.push(`push ${samples.length}`);
    const aborted = new Promise<never>((_, reject) => {
      this.#signal!.addEventListener('abort', () => reject(this.#signal!.reason as Error));
    });
    aborted.catch(() => {});
    if (this.gate) await Promise.race([this.gate, aborted]);
    if (samples[0] === 13) throw new AsrError('BACKEND_FAILED', 'the run failed');
    yield { type: 'partial', text: `${samples.length}`, confirmed: '', start: 0, end: 1 };
    if (samples[0] === 1) yield { type: 'endpoint', time: 1, reason: 'silence' };
  }

  async *skip(samples: number): AsyncGenerator<LiveEvent> {
    this.calls.push(`skip ${samples}`);
    yield segment('before the gap');
    yield { type: 'endpoint', time: 1, reason: 'gap' };
  }

  async *flush(reason: 'flush' | 'end'): AsyncGenerator<LiveEvent> {
    this.calls.push(reason);
    yield segment(reason);
    yield { type: 'endpoint', time: 1, reason };
  }

  transcript(): typeof TRANSCRIPT {
    return TRANSCRIPT;
  }

  dispose(): void {
    this.disposed++;
  }
}

function openStream(decoder: EchoDecoder, parts: Partial<LiveStreamParts> = {}): LiveStream {
  return new LiveStream({
    open: decoder.open,
    reader: (rate) => new ChunkReader(format, rate),
    mode: 'dictation',
    ...parts,
  });
}

async function readAll(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const all: StreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const types = (events: readonly StreamEvent[]): string[] => events.map(({ type }) => type);
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('LiveStream', () => {
  it('tells the events of what is written, and the transcript at the end', async () => {
    const decoder = new EchoDecoder();
    const stream = openStream(decoder);
    await stream.write(chunk(10));
    await stream.end();
    const events = await readAll(stream);
    expect(types(events)).toEqual(['partial', 'segment', 'endpoint', 'end']);
    expect(events.at(-1)).toEqual({ type: 'end', transcript: TRANSCRIPT });
    expect(decoder.disposed).toBe(1);
  });

  it('decodes once at a time, and audio that comes meanwhile together', async () => {
    const decoder = new EchoDecoder();
    let open!: () => void;
    decoder.gate = new Promise<void>((resolve) => (open = resolve));
    const stream = openStream(decoder);
    await stream.write(chunk(10));
    await turn();
    for (let i = 0; i < 5; i++) await stream.write(chunk(10));
    await turn();
    expect(decoder.calls).toEqual(['push 10']);
    open();
    await stream.flush();
    expect(decoder.calls).toEqual(['push 10', 'push 50', 'flush']);
    await stream.dispose();
  });

  it('does what it is asked while it is about to rest', async () => {
    for (let turns = 0; turns < 40; turns++) {
      const decoder = new EchoDecoder();
      const stream = openStream(decoder);
      await stream.write(chunk(10));
      for (let i = 0; i < turns; i++) await Promise.resolve();
      const ended = await Promise.race([stream.end().then(() => true), turn().then(turn)]);
      expect({ turns, ended }).toEqual({ turns, ended: true });
    }
  });

  it('resolves flush when its events are there, and goes on', async () => {
    const stream = openStream(new EchoDecoder());
    const reader = stream[Symbol.asyncIterator]();
    await stream.write(chunk(3));
    await stream.flush();
    await stream.write(chunk(4));
    await stream.end();
    const events = await readAll({ [Symbol.asyncIterator]: () => reader });
    expect(types(events)).toEqual([
      'partial',
      'segment',
      'endpoint',
      'partial',
      'segment',
      'endpoint',
      'end',
    ]);
  });

  it('replaces a partial that nobody has read', async () => {
    const stream = openStream(new EchoDecoder());
    for (let i = 1; i <= 3; i++) {
      await stream.write(chunk(i));
      await turn();
    }
    await stream.end();
    const events = await readAll(stream);
    expect(events.filter(({ type }) => type === 'partial')).toEqual([expect.objectContaining({ text: '3' })]);
  });

  it('holds a writer up while much audio waits', async () => {
    const decoder = new EchoDecoder();
    let open!: () => void;
    decoder.gate = new Promise<void>((resolve) => (open = resolve));
    const stream = openStream(decoder);
    await stream.write(chunk(1));
    await turn();
    await stream.write(chunk(9 * RATE));
    let admitted = false;
    const held = stream.write(chunk(2 * RATE)).then(() => (admitted = true));
    await turn();
    expect(admitted).toBe(false);
    open();
    await held;
    await stream.dispose();
  });

  it('holds a writer up while many events are unread', async () => {
    const decoder = new EchoDecoder();
    const stream = openStream(decoder);
    for (let i = 0; i < 200; i++) await stream.flush();
    let admitted = false;
    const held = stream.write(chunk(1)).then(() => (admitted = true));
    await turn();
    expect(admitted).toBe(false);
    const reader = stream[Symbol.asyncIterator]();
    for (let i = 0; i < 200; i++) await reader.next();
    await held;
    await stream.dispose();
  });

  it('refuses what a writer that never waits piles up', async () => {
    const decoder = new EchoDecoder();
    decoder.gate = new Promise(() => {});
    const stream = openStream(decoder);
    void stream.write(chunk(1));
    await turn();
    void stream.write(chunk(299 * RATE));
    await expect(stream.write(chunk(2 * RATE))).rejects.toMatchObject({
      code: 'STREAM_OVERRUN',
      message: expect.stringMatching(/^299 s of audio wait.*await each write/) as unknown,
    });
    await stream.dispose();
  });

  it('refuses one chunk that is longer than all that may wait, and says so', async () => {
    const stream = openStream(new EchoDecoder());
    await expect(stream.write(chunk(301 * RATE))).rejects.toMatchObject({
      code: 'STREAM_OVERRUN',
      message: expect.stringMatching(
        /^one chunk holds 301 s of audio.*shorter chunks.*transcribe\(\)/,
      ) as unknown,
    });
    // Nothing of it was taken, and the stream goes on.
    await stream.write(chunk(5));
    await stream.end();
    expect(types(await readAll(stream))).toEqual(['partial', 'segment', 'endpoint', 'end']);
  });

  it('tells its decoder where audio is missing, in order, and ends an utterance stream there', async () => {
    const decoder = new EchoDecoder();
    const stream = openStream(decoder);
    const at = (time: number) => ({ audio: chunk(500), time });
    // Written without waiting: half a second each, three missing before the third.
    await Promise.all([stream.write(at(100)), stream.write(at(100.5)), stream.write(at(104))]);
    await expect(stream.write(at(50))).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
    await stream.end();
    expect(decoder.calls).toEqual(['push 1000', 'skip 3000', 'push 500', 'end']);
    const events = await readAll(stream);
    expect(events.flatMap((event) => (event.type === 'endpoint' ? [event.reason] : []))).toEqual([
      'gap',
      'end',
    ]);

    const command = openStream(new EchoDecoder(), { mode: 'utterance' });
    await command.write(at(0));
    await command.write(at(10));
    expect(types(await readAll(command))).toEqual(['partial', 'segment', 'endpoint', 'end']);
  });

  it('ends an utterance stream with its first endpoint; later audio is not heard', async () => {
    const decoder = new EchoDecoder();
    const stream = openStream(decoder, { mode: 'utterance' });
    await stream.write(Float32Array.of(1, 1));
    await turn();
    await stream.write(chunk(5));
    await stream.end();
    expect(types(await readAll(stream))).toEqual(['partial', 'endpoint', 'end']);
    expect(decoder.calls).toEqual(['push 2']);
    expect(decoder.disposed).toBe(1);
  });

  it('tells an error of decoding after the events before it, and to every write', async () => {
    const decoder = new EchoDecoder();
    const stream = openStream(decoder);
    await stream.write(chunk(2));
    await turn();
    await stream.write(Float32Array.of(13));
    await turn();
    const reader = stream[Symbol.asyncIterator]();
    expect((await reader.next()).value).toMatchObject({ type: 'partial' });
    await expect(reader.next()).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    await expect(stream.write(chunk(1))).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    await expect(stream.flush()).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    expect(decoder.disposed).toBe(1);
  });

  it('is disposed in the middle of a decode: the reader ends, writes are refused', async () => {
    const decoder = new EchoDecoder();
    decoder.gate = new Promise(() => {});
    const stream = openStream(decoder);
    const reading = readAll(stream);
    await stream.write(chunk(2));
    await turn();
    await stream.dispose();
    await stream.dispose();
    expect(await reading).toEqual([]);
    expect(decoder.disposed).toBe(1);
    await expect(stream.write(chunk(1))).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('throws the reason of an aborted signal at once', async () => {
    const decoder = new EchoDecoder();
    decoder.gate = new Promise(() => {});
    const controller = new AbortController();
    const stream = openStream(decoder, { signal: controller.signal });
    await stream.write(chunk(2));
    const reading = readAll(stream);
    await turn();
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await expect(stream.write(chunk(1))).rejects.toThrow('enough');
    expect(decoder.disposed).toBe(1);
    expect(() => openStream(new EchoDecoder(), { signal: controller.signal })).toThrow('enough');
  });

  it('has one reader', () => {
    const stream = openStream(new EchoDecoder());
    stream[Symbol.asyncIterator]();
    expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError);
  });

  it('refuses what is no chunk', async () => {
    const stream = openStream(new EchoDecoder());
    await expect(stream.write('audio' as never)).rejects.toThrow(TypeError);
    await stream.dispose();
  });

  it('tells that it lags while live audio waits, and when it has caught up', async () => {
    let now = 0;
    const decoder = new EchoDecoder();
    let open!: () => void;
    decoder.gate = new Promise<void>((resolve) => (open = resolve));
    const stream = openStream(decoder, { clock: () => now });
    const reading = readAll(stream);
    for (let i = 0; i < 40; i++) {
      await stream.write(chunk(RATE / 10));
      await turn();
      now += 0.1;
    }
    open();
    decoder.gate = undefined;
    await stream.end();
    const lags = (await reading).flatMap((event) => (event.type === 'lag' ? [event.seconds] : []));
    expect(lags[0]).toBeGreaterThanOrEqual(1.5);
    expect(Math.max(...lags)).toBeGreaterThan(2);
    expect(lags.at(-1)).toBe(0);
  });

  it('does not call it lag when a file is written as fast as it goes', async () => {
    const stream = openStream(new EchoDecoder(), { clock: () => 0 });
    const reading = readAll(stream);
    for (let i = 0; i < 50; i++) void stream.write(chunk(RATE / 2));
    await stream.end();
    expect(types(await reading)).not.toContain('lag');
  });
});

describe('LiveStreams', () => {
  const read = (
    source: AsyncIterable<Float32Array>,
    decoder: EchoDecoder,
    options: StreamOptions = {},
  ): AsyncGenerator<StreamEvent, void, undefined> =>
    new LiveStreams().read(source, { format, ...options }, () => () => decoder.open);

  it('reads a source to its end', async () => {
    const events = await readAll(read(source(chunk(3), chunk(4)), new EchoDecoder()));
    expect(types(events).filter((type) => type !== 'partial')).toEqual(['segment', 'endpoint', 'end']);
  });

  it('transcribes what came before an error of the source, then tells it', async () => {
    const decoder = new EchoDecoder();
    const events: StreamEvent[] = [];
    const reading = (async () => {
      for await (const event of read(source(chunk(3), new Error('unplugged')), decoder)) events.push(event);
    })();
    await expect(reading).rejects.toThrow('unplugged');
    expect(types(events)).toEqual(['partial', 'segment', 'endpoint']);
    expect(decoder.disposed).toBe(1);
  });

  it('ends the source when the reader leaves, though the source gives nothing', async () => {
    let returned = false;
    const silent: AsyncIterable<Float32Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const decoder = new EchoDecoder();
    const events = read(silent, decoder);
    const pending = events.next();
    await turn();
    await events.return();
    expect(await pending).toEqual({ done: true, value: undefined });
    await turn();
    expect(returned).toBe(true);
    expect(decoder.disposed).toBe(1);
  });

  it('ends the source of an utterance with the first endpoint', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Float32Array> {
      for (;;) {
        given++;
        yield given === 3 ? Float32Array.of(1) : chunk(1);
        await turn();
      }
    }
    const events = await readAll(read(endless(), new EchoDecoder(), { mode: 'utterance' }));
    expect(types(events).slice(-2)).toEqual(['endpoint', 'end']);
    const before = given;
    await turn();
    await turn();
    expect(given - before).toBeLessThanOrEqual(1);
  });

  it('checks options when the first event is asked for', async () => {
    const wrong = { mode: 'command' } as unknown as StreamOptions;
    await expect(read(source(), new EchoDecoder(), wrong).next()).rejects.toThrow(/options.mode/);
    const unknown = { bufferSize: 3 } as unknown as StreamOptions;
    await expect(read(source(), new EchoDecoder(), unknown).next()).rejects.toThrow(/bufferSize/);
    const endpoint = { endpoint: { silenceAfterSpeech: 0 } };
    await expect(read(source(), new EchoDecoder(), endpoint).next()).rejects.toThrow(RangeError);
  });

  it('ends its streams with the model', async () => {
    const streams = new LiveStreams();
    const decoder = new EchoDecoder();
    decoder.gate = new Promise(() => {});
    const stream = streams.open({ format }, () => () => decoder.open);
    await stream.write(chunk(1));
    await turn();
    await streams.dispose();
    expect(decoder.disposed).toBe(1);
    await expect(readAll(stream)).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

async function* source(...items: readonly (Float32Array | Error)[]): AsyncGenerator<Float32Array> {
  for (const item of items) {
    if (item instanceof Error) throw item;
    yield item;
  }
}
