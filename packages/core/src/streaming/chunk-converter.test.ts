import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixdown, type Pcm } from '../audio/pcm.js';
import { resample } from '../audio/resampler.js';
import { ChunkConverter } from './chunk-converter.js';
import { cutChunk } from './cut-chunk.js';
import type { ChunkFormat, RawEncoding, TimedChunk } from './stream-options.js';

type Chunk = TimedChunk['audio'];

const RATES = [8000, 11_025, 16_000, 44_100, 48_000];
const unit = fc.double({ min: 0, max: 1, noNaN: true });

/** Deterministic noise in −1…1. */
function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x8000_0000 - 1;
  });
}

function interleave(channels: readonly Float32Array[]): Float32Array {
  const { length } = channels[0]!;
  return Float32Array.from({ length: length * channels.length }, (_, i) => {
    return channels[i % channels.length]![Math.floor(i / channels.length)]!;
  });
}

/** Cuts at `cuts` (0…1), empty pieces among them. */
function cut<T extends Uint8Array | Float32Array>(data: T, cuts: readonly number[]): T[] {
  const bounds = [...cuts.map((at) => Math.floor(at * data.length)), data.length].sort((a, b) => a - b);
  return bounds.map((end, i) => data.subarray(bounds[i - 1] ?? 0, end) as T);
}

function convert(chunks: Iterable<Chunk>, format: ChunkFormat | undefined, to = 16_000): Float32Array {
  const converter = new ChunkConverter(format, to);
  const parts: Float32Array[] = [];
  for (const chunk of chunks) parts.push(converter.push(chunk));
  parts.push(converter.finish());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function bytesOf(samples: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * samples.length));
  for (const [i, sample] of samples.entries()) view.setFloat32(4 * i, sample, true);
  return new Uint8Array(view.buffer);
}

describe('ChunkConverter', () => {
  it('gives what the whole audio gives, however Pcm is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 3000 }),
        fc.array(unit, { maxLength: 10 }),
        (sampleRate, count, length, cuts) => {
          const channels = Array.from({ length: count }, (_, i) => noise(length, i + 1));
          const pieces = channels.map((channel) => cut(channel, cuts));
          const chunks = pieces[0]!.map((_, i): Pcm => ({
            samples: pieces.map((piece) => piece[i]!),
            sampleRate,
          }));
          expect(convert(chunks, undefined)).toEqual(
            resample(mixdown({ samples: channels, sampleRate }), sampleRate, 16_000),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('gives the same for interleaved floats and their bytes, cut within samples and frames', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 600 }),
        fc.array(unit, { maxLength: 10 }),
        (sampleRate, count, length, cuts) => {
          const channels = Array.from({ length: count }, (_, i) => noise(length, i + 1));
          const expected = resample(mixdown({ samples: channels, sampleRate }), sampleRate, 16_000);
          const floats = interleave(channels);
          const format = { sampleRate, channels: count };
          expect(convert(cut(floats, cuts), format)).toEqual(expected);
          const raw = { ...format, encoding: 'f32le' } as const;
          expect(convert(cut(bytesOf(floats), cuts), raw)).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each<RawEncoding>(['s16le', 'f32le', 'mulaw', 'alaw'])('takes %s byte by byte', (encoding) => {
    const bytes = bytesOf(noise(100));
    const format = { sampleRate: 8000, channels: 2, encoding };
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(convert(single, format)).toEqual(convert([bytes], format));
  });

  it('reads 16-bit integers as fractions of half their range, in Buffers too', () => {
    const format = { sampleRate: 16_000 };
    const bytes = [0x00, 0x40, 0x00, 0x80];
    expect([...convert([Buffer.from(bytes)], format)]).toEqual([0.5, -1]);
    // At an odd address, as pieces of larger buffers are.
    expect([...convert([Uint8Array.from([9, ...bytes]).subarray(1)], format)]).toEqual([0.5, -1]);
  });

  it('starts anew where the rate changes, and loses no time', () => {
    const first = noise(4800);
    const second = noise(4410, 2);
    const chunks = [
      { samples: first, sampleRate: 48_000 },
      { samples: second, sampleRate: 44_100 },
    ];
    expect(convert(chunks, undefined)).toEqual(
      Float32Array.from([...resample(first, 48_000, 16_000), ...resample(second, 44_100, 16_000)]),
    );
  });

  it('never shares memory with a chunk', () => {
    const samples = noise(10);
    const out = new ChunkConverter(undefined, 16_000).push({ samples, sampleRate: 16_000 });
    const before = [...out];
    samples.fill(0);
    expect([...out]).toEqual(before);
  });

  it('is ready for other audio after finish', () => {
    const converter = new ChunkConverter({ sampleRate: 8000 }, 16_000);
    const bytes = Uint8Array.from(noise(100), (value) => 127 * value);
    const once = (): number[] => [...converter.push(bytes), ...converter.finish()];
    expect(once()).toEqual(once());
  });
});

describe('ChunkConverter refuses', () => {
  it('audio that breaks off within a sample or between channels', () => {
    const expectFailure = (chunk: Chunk, format: ChunkFormat, message: RegExp): void => {
      const converter = new ChunkConverter(format, 16_000);
      converter.push(chunk);
      expect(() => converter.finish()).toThrow(
        expect.objectContaining({ code: 'AUDIO_INVALID', message: expect.stringMatching(message) as string }),
      );
    };
    expectFailure(Uint8Array.of(1, 2, 3), { sampleRate: 8000 }, /within a sample, after 1 of its 2 bytes/);
    expectFailure(new Float32Array(3), { sampleRate: 8000, channels: 2 }, /between channels, after 1 of 2/);
  });

  it('other chunks in the middle of a sample', () => {
    const converter = new ChunkConverter({ sampleRate: 8000 }, 16_000);
    converter.push(Uint8Array.of(1));
    expect(() => converter.push(new Float32Array(2))).toThrow(/no bytes follow/);
    expect(() => converter.push({ samples: new Float32Array(2), sampleRate: 8000 })).toThrow(
      /what follows says its format itself/,
    );
  });

  it.each([
    [Float32Array.of(0, Number.NaN), /must be finite numbers/],
    [Float32Array.of(0, 12_000), /divide them by 32768/],
  ])('samples that are no audio', (samples, message) => {
    const converter = new ChunkConverter({ sampleRate: 16_000 }, 16_000);
    expect(() => converter.push(samples)).toThrow(message);
    expect(() => converter.push({ samples, sampleRate: 16_000 })).toThrow(message);
  });

  it.each([
    [new Float32Array(1), /a bare Float32Array doesn't say its sample rate/],
    [new Uint8Array(1), /a bare Uint8Array doesn't say its sample rate/],
    [new Int16Array(1), /bare Int16Array/],
    ['abc', /bare string/],
    [null, /bare null/],
  ])('%o without a format', (chunk, message) => {
    expect(() => new ChunkConverter(undefined, 16_000).push(chunk as Chunk)).toThrow(message);
  });

  it.each([
    [{}, /format\.sampleRate must be a number/],
    [{ sampleRate: 10 }, /format\.sampleRate must be a whole number of Hz in 1000/],
    [{ sampleRate: 8000, channels: 0 }, /format\.channels/],
    [{ sampleRate: 8000, encoding: 'opus' }, /format\.encoding: expected 's16le' or/],
    [{ sampleRate: 8000, bits: 16 }, /format\.bits: there is no such option/],
  ])('the format %o', (format, message) => {
    expect(() => new ChunkConverter(format as ChunkFormat, 16_000)).toThrow(message);
  });
});

describe('cutChunk', () => {
  it('makes bounded pieces that are the chunk', () => {
    const samples = noise(200_000);
    const stereo = { samples: [samples, samples], sampleRate: 48_000 };
    const pieces = [...cutChunk(stereo)] as Pcm[];
    expect(pieces.map((piece) => piece.samples[0]).map((s) => (s as Float32Array).length)).toEqual([
      65_536, 65_536, 65_536, 3392,
    ]);
    expect(convert(pieces, undefined)).toEqual(convert([stereo], undefined));
    expect([...cutChunk(new Uint8Array(65_537))].map((piece) => (piece as Uint8Array).length)).toEqual([
      65_536, 1,
    ]);
  });
});
