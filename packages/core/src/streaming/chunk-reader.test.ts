import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkReader, type AudioPiece } from './chunk-reader.js';
import { cutChunk } from './cut-chunk.js';
import type { AudioChunk, TimedChunk } from './stream-options.js';

const RATE = 16_000;

/** Noise of this level; the same in every run. */
function noise(samples: number, level = 0.5): Float32Array {
  let state = 1;
  return Float32Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return level * (state / 2 ** 31 - 1);
  });
}

function read(chunks: Iterable<AudioChunk>, sampleRate = RATE): AudioPiece[] {
  const reader = new ChunkReader({ sampleRate }, RATE);
  const pieces: AudioPiece[] = [];
  for (const chunk of chunks) pieces.push(...reader.push(chunk));
  return [...pieces, ...reader.finish()];
}

const lengthOf = (piece: AudioPiece): number => ('missing' in piece ? piece.missing : piece.length);
const seconds = (pieces: readonly AudioPiece[]): number =>
  pieces.reduce((sum, piece) => sum + lengthOf(piece), 0) / RATE;
const gaps = (pieces: readonly AudioPiece[]): number[] =>
  pieces.flatMap((piece) => ('missing' in piece ? [piece.missing / RATE] : []));
const samplesOf = (pieces: readonly AudioPiece[]): number[] =>
  pieces.flatMap((piece) => ('missing' in piece ? [] : [...piece]));

/** Packets of 20 ms from this time on. */
function* packets(from: number, count: number, step = 0.02, sampleRate = RATE): Generator<TimedChunk> {
  for (let i = 0; i < count; i++) yield { audio: noise(sampleRate / 50), time: from + i * step };
}

describe('ChunkReader', () => {
  it('changes nothing where nothing is missing, whatever clock the times are of, and whoever rounds them', () => {
    const plain = read(Array.from(packets(0, 100), ({ audio }) => audio));
    for (const from of [0, 1_795_000_000, -5]) {
      const rounded = Array.from(packets(from, 100), (chunk) => ({
        ...chunk,
        time: Math.round(chunk.time * 20) / 20,
      }));
      expect(samplesOf(read(packets(from, 100)))).toEqual(samplesOf(plain));
      expect(samplesOf(read(rounded))).toEqual(samplesOf(plain));
    }
  });

  it('keeps the time of the source whatever is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }), (kept) => {
        const all = [...packets(7, kept.length)];
        const arrived = all.filter((_, i) => kept[i]);
        if (arrived.length === 0) return;
        const pieces = read(arrived);
        const truth = arrived.at(-1)!.time + 0.02 - arrived[0]!.time;
        expect(Math.abs(seconds(pieces) - truth)).toBeLessThan(0.1001);
        for (const gap of gaps(pieces)) expect(gap).toBeGreaterThan(1);
      }),
    );
  });

  it('puts the noise of the background where up to a second is missing', () => {
    const speech: TimedChunk = { audio: noise(2 * RATE, 0.4), time: 1 };
    const quiet: TimedChunk = { audio: noise(RATE / 2, 0.01), time: 3 };
    const later: TimedChunk = { audio: noise(RATE, 0.4), time: 4 };
    const pieces = read([speech, quiet, later]);
    expect(gaps(pieces)).toEqual([]);
    const filled = samplesOf(pieces).slice(2.5 * RATE, 3 * RATE);
    const level = Math.sqrt(filled.reduce((sum, value) => sum + value * value, 0) / filled.length);
    expect(level).toBeGreaterThan(0.8 * (0.01 / Math.sqrt(3)));
    expect(level).toBeLessThan(1.2 * (0.01 / Math.sqrt(3)));
    // Digital silence stays what it is.
    const silent = read([
      { audio: new Float32Array(RATE), time: 0 },
      { audio: new Float32Array(RATE), time: 1.5 },
    ]);
    expect(samplesOf(silent)).toHaveLength(2.5 * RATE);
    expect(samplesOf(silent).every((value) => value === 0)).toBe(true);
  });

  it('tells of a longer gap between what came before and what comes behind it', () => {
    const pieces = read([...packets(0, 50, 0.02, 48_000), ...packets(5401, 50, 0.02, 48_000)], 48_000);
    expect(gaps(pieces)).toEqual([5400]);
    const at = pieces.findIndex((piece) => 'missing' in piece);
    expect(seconds(pieces.slice(0, at))).toBeCloseTo(1, 6);
    expect(seconds(pieces.slice(at + 1))).toBeCloseTo(1, 6);
  });

  it('follows a device whose clock is a little fast or slow', () => {
    const slow = read(packets(0, 5000, 0.020_05));
    // A quarter of a second in 100 s, put in as it comes.
    expect(Math.abs(seconds(slow) - 100.25)).toBeLessThan(0.11);
    const fast = read(packets(0, 5000, 0.019_95));
    expect(seconds(fast)).toBeCloseTo(100, 6);
    expect([...gaps(slow), ...gaps(fast)]).toEqual([]);
  });

  it('lets chunks without a time follow those before them', () => {
    const chunks = [{ audio: noise(RATE), time: 3 }, noise(RATE), { audio: noise(RATE), time: 5 }];
    expect(seconds(read(chunks))).toBe(3);
    expect(gaps(read([...chunks, { audio: noise(RATE), time: 8 }]))).toEqual([2]);
  });

  it('takes a long chunk with a time for one', () => {
    const long: TimedChunk = { audio: noise(10 * RATE), time: 20 };
    const pieces = [long, { audio: noise(RATE), time: 32 }].flatMap((chunk) => [...cutChunk(chunk)]);
    expect(pieces.length).toBeGreaterThan(2);
    const heard = read(pieces);
    expect(gaps(heard)).toEqual([2]);
    expect(seconds(heard)).toBe(13);
  });

  it('refuses times that go back, and what is no time', () => {
    const back = (): unknown => read([...packets(60, 50), ...packets(10, 1)]);
    expect(back).toThrow(expect.objectContaining({ code: 'AUDIO_INVALID' }));
    expect(back).toThrow(
      /time of a chunk is 10 s, 51\.00 s before the end of the chunk before it \(61\.00 s\)/,
    );
    for (const time of [Number.NaN, Infinity, '3', undefined]) {
      const chunk = { audio: noise(10), time } as TimedChunk;
      expect(() => read([chunk])).toThrow(/time of a chunk must be a finite number of seconds; got/);
    }
  });

  it('refuses a gap within a sample', () => {
    const reader = new ChunkReader({ sampleRate: RATE }, RATE);
    reader.push({ audio: new Uint8Array(32_001), time: 0 });
    expect(() => reader.push({ audio: new Uint8Array(2), time: 9 })).toThrow(/breaks off within a sample/);
  });
});
