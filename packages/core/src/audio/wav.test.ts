import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AsrError } from '../errors.js';
import { type WavAudio, readWav } from './wav-reader.js';
import { writeWav } from './wav-writer.js';

const text = (value: string): number[] => [...value].map((char) => char.charCodeAt(0));
const u16 = (value: number): number[] => [value & 255, (value >> 8) & 255];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const u64 = (value: number): number[] => [...u32(value % 2 ** 32), ...u32(Math.floor(value / 2 ** 32))];
const GUID_TAIL = [0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];

function chunk(id: string, body: readonly number[], size = body.length): number[] {
  return [...text(id), ...u32(size), ...body, ...(body.length % 2 ? [0] : [])];
}

interface Fmt {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  readonly block?: number;
  readonly extra?: readonly number[];
}

function fmt({ tag = 1, channels = 1, rate = 16_000, bits = 16, block, extra = [] }: Fmt = {}): number[] {
  const align = block ?? (channels * bits) / 8;
  const head = [u16(tag), u16(channels), u32(rate), u32(rate * align), u16(align), u16(bits)].flat();
  return chunk('fmt ', [...head, ...extra]);
}

function riff(chunks: readonly (readonly number[])[], id = 'RIFF', size?: number): Uint8Array {
  const body = [...text('WAVE'), ...chunks.flat()];
  return Uint8Array.from([...text(id), ...u32(size ?? body.length), ...body]);
}

const mono = (bytes: Uint8Array): number[] => [...readWav(bytes).samples[0]!];
const SAMPLES = [0x00, 0x40, 0x00, 0xc0];
const DECODED = [0.5, -0.5];

function failure(bytes: Uint8Array): AsrError {
  try {
    readWav(bytes);
  } catch (error) {
    expect(AsrError.isInstance(error)).toBe(true);
    return error as AsrError;
  }
  throw new Error('expected readWav to fail');
}

describe('readWav sample formats', () => {
  const float64 = [...new Uint8Array(Float64Array.of(0.5, -0.5).buffer)];
  const float32 = [...new Uint8Array(Float32Array.of(0.5, -0.5).buffer)];
  it.each([
    ['8-bit', { bits: 8 }, [0xc0, 0x40]],
    ['16-bit', { bits: 16 }, SAMPLES],
    ['24-bit', { bits: 24 }, [0, 0, 0x40, 0, 0, 0xc0]],
    ['32-bit', { bits: 32 }, [0, 0, 0, 0x40, 0, 0, 0, 0xc0]],
    ['20 bits in 24', { bits: 20, block: 3 }, [0, 0, 0x40, 0, 0, 0xc0]],
    ['16-bit without a block size', { bits: 16, block: 0 }, SAMPLES],
    ['float 32', { tag: 3, bits: 32 }, float32],
    ['float 64', { tag: 3, bits: 64 }, float64],
    [
      'extensible 16-bit',
      { tag: 0xfffe, extra: [...u16(22), ...u16(16), ...u32(4), ...u16(1), ...GUID_TAIL] },
      SAMPLES,
    ],
    [
      'extensible float',
      { tag: 0xfffe, bits: 32, extra: [...u16(22), ...u16(32), ...u32(4), ...u16(3), ...GUID_TAIL] },
      float32,
    ],
  ])('reads %s', (_, format, data) => {
    expect(mono(riff([fmt(format), chunk('data', data)]))).toEqual(DECODED);
  });

  it('reads full scale, both signs', () => {
    expect(mono(riff([fmt(), chunk('data', [0x00, 0x80, 0xff, 0x7f])]))).toEqual([-1, 32_767 / 32_768]);
    expect(mono(riff([fmt({ bits: 8 }), chunk('data', [0, 128, 255])]))).toEqual([-1, 0, 127 / 128]);
  });

  // Values of ITU-T G.711 tables 1a and 2a, scaled to 16 bits.
  it('expands A-law and µ-law', () => {
    const aLaw = mono(riff([fmt({ tag: 6, bits: 8 }), chunk('data', [0xd5, 0x55, 0x80, 0xaa, 0x2a])]));
    expect(aLaw.map((x) => x * 32_768)).toEqual([8, -8, 5504, 32_256, -32_256]);
    const muLaw = mono(riff([fmt({ tag: 7, bits: 8 }), chunk('data', [0xff, 0x7f, 0x80, 0x00, 0xef])]));
    expect(muLaw.map((x) => x * 32_768 + 0)).toEqual([0, 0, 32_124, -32_124, 132]);
  });

  it('keeps channels apart', () => {
    const wav = readWav(riff([fmt({ channels: 2, rate: 44_100 }), chunk('data', [...SAMPLES, ...SAMPLES])]));
    expect(wav.samples).toEqual([Float32Array.of(0.5, 0.5), Float32Array.of(-0.5, -0.5)]);
    expect(wav).toMatchObject({ sampleRate: 44_100, encoding: 'pcm', bitsPerSample: 16, truncated: false });
  });
});

describe('readWav containers', () => {
  const data = chunk('data', SAMPLES);
  const unknown = chunk('data', SAMPLES, 0xffff_ffff);
  const ds64 = (size: number) =>
    chunk('ds64', [...u64(size + 80), ...u64(size), ...u64(size / 2), ...u32(0)]);
  it.each([
    [
      'chunks before and after',
      riff([chunk('LIST', [1, 2, 3]), fmt(), chunk('junk', [9]), data, chunk('LIST', [1])]),
    ],
    ['data before fmt', riff([data, fmt()])],
    ['RF64', riff([ds64(4), fmt(), unknown, chunk('LIST', [1, 2])], 'RF64', 0xffff_ffff)],
    ['BW64', riff([ds64(4), fmt(), unknown], 'BW64', 0xffff_ffff)],
    ['RF64 without sizes', riff([ds64(0), fmt(), unknown], 'RF64', 0xffff_ffff)],
    ['a size of all ones (ffmpeg to a pipe)', riff([fmt(), unknown], 'RIFF', 0xffff_ffff)],
    [
      'a size of almost 2 GiB (sox to a pipe)',
      riff([fmt(), chunk('data', SAMPLES, 0x7fff_f000)], 'RIFF', 0x7fff_f024),
    ],
    ['a header never completed', riff([fmt(), chunk('data', SAMPLES, 0)], 'RIFF', 0)],
    ['a header completed for no data', riff([fmt(), chunk('data', SAMPLES, 0)], 'RIFF', 36)],
    ['trailing bytes that are no chunk', Uint8Array.from([...riff([fmt(), data]), 1, 2, 3])],
  ])('reads %s', (_, bytes) => {
    expect(mono(bytes)).toEqual(DECODED);
    expect(readWav(bytes).truncated).toBe(false);
  });

  it('reads bytes at an offset of their buffer', () => {
    const file = riff([fmt(), data]);
    const padded = new Uint8Array(file.length + 7);
    padded.set(file, 3);
    expect(mono(padded.subarray(3, 3 + file.length))).toEqual(DECODED);
  });

  it('gives what a truncated file holds, whole frames only, and says so', () => {
    const wav = readWav(riff([fmt(), chunk('data', [...SAMPLES, 0x11, 0x22], 1000)]).subarray(0, -1));
    expect([...wav.samples[0]!]).toEqual(DECODED);
    expect(wav.truncated).toBe(true);
    expect(readWav(riff([ds64(1e12), fmt(), unknown], 'RF64')).truncated).toBe(true);
  });

  it('takes a file without samples as valid and empty', () => {
    for (const bytes of [
      riff([fmt(), chunk('data', [])]),
      riff([fmt(), chunk('data', []), chunk('LIST', [1, 2])]),
    ]) {
      expect(readWav(bytes)).toMatchObject({
        samples: [new Float32Array(0)],
        sampleRate: 16_000,
        truncated: false,
      });
    }
  });
});

describe('readWav failures', () => {
  const data = chunk('data', SAMPLES);
  it.each([
    ['nothing', new Uint8Array(0), 'AUDIO_INVALID', /has 0 bytes/],
    ['no RIFF', Uint8Array.from(text('hello, world')), 'AUDIO_INVALID', /found "hell" and "orld"/],
    ['big endian', riff([fmt(), data], 'RIFX'), 'AUDIO_UNSUPPORTED', /RIFX/],
    ['no fmt', riff([data]), 'AUDIO_INVALID', /no "fmt " chunk/],
    ['no data', riff([fmt()]), 'AUDIO_INVALID', /no "data" chunk/],
    ['a short fmt', riff([chunk('fmt ', [1, 0]), data]), 'AUDIO_INVALID', /byte 12 has 2 bytes/],
    ['no channels', riff([fmt({ channels: 0, block: 2 }), data]), 'AUDIO_INVALID', /0 channels at byte 22/],
    ['a rate of 0', riff([fmt({ rate: 0 }), data]), 'AUDIO_INVALID', /0 Hz at byte 24/],
    [
      'a bad block size',
      riff([fmt({ channels: 2, block: 3 }), data]),
      'AUDIO_INVALID',
      /block size 3 at byte 32/,
    ],
    ['0 bits', riff([fmt({ bits: 0, block: 2 }), data]), 'AUDIO_INVALID', /0 bits/],
    [
      'ADPCM',
      riff([fmt({ tag: 0x11, bits: 4, block: 1 }), data]),
      'AUDIO_UNSUPPORTED',
      /0x0011 \(IMA ADPCM\) at byte 20/,
    ],
    ['64-bit PCM', riff([fmt({ bits: 64 }), data]), 'AUDIO_UNSUPPORTED', /pcm samples of 64 bits/],
    [
      '16-bit float',
      riff([fmt({ tag: 3, bits: 16 }), data]),
      'AUDIO_UNSUPPORTED',
      /float samples of 16 bits/,
    ],
    [
      'an unknown GUID',
      riff([fmt({ tag: 0xfffe, extra: Array.from({ length: 24 }, () => 7) }), data]),
      'AUDIO_UNSUPPORTED',
      /GUID at byte 44/,
    ],
    ['a short extension', riff([fmt({ tag: 0xfffe, extra: u16(0) }), data]), 'AUDIO_INVALID', /expected 40/],
  ])('names %s', (_, bytes, code, message) => {
    expect(failure(bytes)).toMatchObject({ code });
    expect(failure(bytes).message).toMatch(message);
  });

  /** Anything but audio or an AsrError fails; so does using more memory than four times the input. */
  function survives(bytes: Uint8Array): void {
    let wav: WavAudio;
    try {
      wav = readWav(bytes);
    } catch (error) {
      if (AsrError.isInstance(error)) return;
      throw error;
    }
    const total = wav.samples.reduce((sum, channel) => sum + channel.byteLength, 0);
    expect(total).toBeLessThanOrEqual(4 * bytes.length);
  }

  it('takes random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), survives), { numRuns: 500 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (tail) =>
        survives(Uint8Array.from([...text('RIFF'), ...u32(tail.length + 4), ...text('WAVEfmt '), ...tail])),
      ),
      { numRuns: 500 },
    );
  });

  it('takes damaged files', () => {
    const ds64 = chunk('ds64', [...u64(100), ...u64(8), ...u64(4), ...u32(0)]);
    const files = [
      riff([chunk('LIST', [1, 2, 3]), fmt({ channels: 2 }), chunk('data', [...SAMPLES, ...SAMPLES])]),
      riff([ds64, fmt({ bits: 24 }), chunk('data', SAMPLES, 0xffff_ffff)], 'RF64', 0xffff_ffff),
      riff([
        fmt({ tag: 0xfffe, extra: [...u16(22), ...u16(16), ...u32(4), ...u16(1), ...GUID_TAIL] }),
        chunk('data', SAMPLES),
      ]),
    ];
    const edits = fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...files), edits, fc.nat(120), (file, changes, length) => {
        const bytes = file.slice();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        survives(bytes.subarray(0, length));
        survives(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeWav', () => {
  const channels = (value: fc.Arbitrary<number>) =>
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.nat(50))
      .chain(([count, length]) =>
        fc.array(fc.array(value, { minLength: length, maxLength: length }), {
          minLength: count,
          maxLength: count,
        }),
      )
      .map((rows) => rows.map((row) => Float32Array.from(row)));

  it('float32 comes back bit by bit', () => {
    fc.assert(
      fc.property(
        channels(fc.float({ noNaN: true })),
        fc.integer({ min: 1000, max: 768_000 }),
        (samples, sampleRate) => {
          const wav = readWav(writeWav({ samples, sampleRate }, { encoding: 'float32' }));
          expect(wav).toEqual({
            samples,
            sampleRate,
            encoding: 'float',
            bitsPerSample: 32,
            truncated: false,
          });
        },
      ),
    );
  });

  it('pcm16 comes back within half a step, and exactly for 16-bit values', () => {
    fc.assert(
      fc.property(channels(fc.double({ min: -1, max: 32_767 / 32_768, noNaN: true })), (samples) => {
        const wav = readWav(writeWav({ samples, sampleRate: 16_000 }));
        wav.samples.forEach((channel, c) =>
          channel.forEach((x, i) =>
            expect(Math.abs(x - samples[c]![i]!)).toBeLessThanOrEqual(0.5001 / 32_768),
          ),
        );
        expect(readWav(writeWav(wav)).samples).toEqual(wav.samples);
      }),
    );
  });

  it('rewrites a real file byte by byte', () => {
    const file = new Uint8Array(
      readFileSync(new URL('../../../../tests/fixtures/audio/jfk.wav', import.meta.url)),
    );
    expect(writeWav(readWav(file))).toEqual(file);
  });

  it('clips what 16 bits cannot hold', () => {
    expect(mono(writeWav({ samples: Float32Array.of(1, 2, -3), sampleRate: 8000 }))).toEqual([
      32_767 / 32_768,
      32_767 / 32_768,
      -1,
    ]);
  });

  it('refuses what is no audio', () => {
    expect(() => writeWav(new Float32Array(3) as never)).toThrow(TypeError);
    expect(() =>
      writeWav({ samples: new Float32Array(1), sampleRate: 8000 }, { encoding: 'mp3' as never }),
    ).toThrow(/'pcm16' or 'float32'; got mp3/);
  });
});
