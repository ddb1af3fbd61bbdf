import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readChunks } from './audio-source.js';
import type { AudioChunk, AudioStreamSource } from './stream-options.js';

const FORMAT = { sampleRate: 16_000 };
const bytes = Uint8Array.from({ length: 40 }, (_, i) => i * 3);
const expected = Array.from(new Int16Array(bytes.buffer), (value) => value / 32_768);
const pieces = [bytes.subarray(0, 7), bytes.subarray(7, 8), bytes.subarray(8)];

async function collect(source: AudioStreamSource, signal?: AbortSignal): Promise<number[]> {
  const samples: number[] = [];
  for await (const piece of readChunks(source, FORMAT, 16_000, signal)) {
    if ('missing' in piece) throw new Error('nothing is missing');
    samples.push(...piece);
  }
  return samples;
}

async function* generator(): AsyncGenerator<AudioChunk> {
  yield* pieces;
}

function closedStream(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      chunks.forEach((chunk) => controller.enqueue(chunk));
      controller.close();
    },
  });
}

/** Gives `chunks`, then nothing for ever; tells whether it was cancelled. */
function openStream(chunks: readonly Uint8Array[]): {
  stream: ReadableStream<Uint8Array>;
  cancelled: boolean;
} {
  const result = {
    cancelled: false,
    stream: new ReadableStream<Uint8Array>({
      start: (controller) => chunks.forEach((chunk) => controller.enqueue(chunk)),
      cancel: () => {
        result.cancelled = true;
      },
    }),
  };
  return result;
}

describe('readChunks', () => {
  it('reads async iterables, web streams and Node streams alike', async () => {
    expect(await collect(generator())).toEqual(expected);
    expect(await collect(closedStream(pieces))).toEqual(expected);
    expect(await collect(Readable.from(pieces.map((piece) => Buffer.from(piece))))).toEqual(expected);
  });

  it('releases a web stream at its end', async () => {
    const stream = closedStream(pieces);
    await collect(stream);
    expect(stream.locked).toBe(false);
  });

  it('ends the source when the loop is left', async () => {
    const open = openStream(pieces);
    for await (const _ of readChunks(open.stream, FORMAT, 16_000)) break;
    await setImmediate();
    expect(open.cancelled).toBe(true);
    expect(open.stream.locked).toBe(false);

    const readable = Readable.from(pieces);
    for await (const _ of readChunks(readable, FORMAT, 16_000)) break;
    expect(readable.destroyed).toBe(true);

    let returned = false;
    const source = (async function* () {
      try {
        yield* pieces;
      } finally {
        returned = true;
      }
    })();
    for await (const _ of readChunks(source, FORMAT, 16_000)) break;
    await setImmediate();
    expect(returned).toBe(true);
  });

  it('ends a source that is waited for when the signal aborts', async () => {
    const reason = new Error('stop');
    const web = openStream([]);
    const node = new Readable({ read: () => {} });
    for (const source of [web.stream, node]) {
      const controller = new AbortController();
      const reading = collect(source, controller.signal);
      await setImmediate();
      controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
    }
    await setImmediate();
    expect(web.cancelled).toBe(true);
    expect(node.destroyed).toBe(true);
  });

  it("throws the source's error, after the audio before it", async () => {
    const failure = new Error('unplugged');
    const source = (async function* () {
      yield bytes;
      throw failure;
    })();
    const read = readChunks(source, FORMAT, 16_000);
    expect((await read.next()).value).toHaveLength(20);
    await expect(read.next()).rejects.toBe(failure);
  });

  it('refuses what is no source, and what a source gives that is no audio', async () => {
    const wrong = [
      undefined,
      'file.wav',
      bytes,
      [bytes],
      { samples: new Float32Array(1), sampleRate: 16_000 },
    ];
    for (const source of wrong) {
      await expect(collect(source as unknown as AudioStreamSource)).rejects.toThrow(/live audio must be/);
    }
    await expect(collect(Readable.from(['text']) as unknown as AudioStreamSource)).rejects.toThrow(
      /instead of a bare string/,
    );
  });

  it('ends with an error when the audio breaks off within a sample', async () => {
    await expect(collect(Readable.from([bytes.subarray(0, 7)]))).rejects.toMatchObject({
      code: 'AUDIO_INVALID',
    });
  });
});
