import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AsrError, type Pcm, mixdown, prepareAudio, readAudio, readWav } from '@org/asr-core';
import { repositoryFile } from '@org/asr-testkit';
import { decodeAudio, readAudioFile } from '../../packages/node/src/audio.js';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const platform = { decodeAudio, readAudioFile };
const fixture = (name: string): string => repositoryFile(`tests/fixtures/audio/${name}`);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(fixture(name)));
const original = readWav(bytesOf('jfk.wav')).samples[0]!;
/** What the clips were made from; see tests/fixtures/README.md. */
const clip = original.subarray(4800, 20_800);

function ffmpegDecoders(): string {
  return hasFfmpeg ? execFileSync('ffmpeg', ['-hide_banner', '-decoders'], { encoding: 'utf8' }) : '';
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'asr-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** Correlation of the aligned signals: 1 for equal ones, low if they are shifted by even a few samples. */
function correlation(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The shift in samples within ±`range` at which `a` fits `b` best; positive if `a` is late. */
function delay(a: Float32Array, b: Float32Array, range = 40): number {
  const shifts = Array.from({ length: 2 * range + 1 }, (_, i) => i - range);
  const fit = (shift: number) => correlation(a.subarray(range + shift), b.subarray(range, b.length - range));
  return shifts.reduce((best, shift) => (fit(shift) > fit(best) ? shift : best), -range);
}

async function expectClip(pcm: Pcm, reference: Float32Array, quality: number): Promise<void> {
  const samples = await prepareAudio(pcm, 16_000);
  expect(Math.abs(delay(samples, reference))).toBeLessThanOrEqual(quality < 0.95 ? 1 : 0);
  expect(correlation(samples, reference)).toBeGreaterThan(quality);
}

const encode = (name: string, ...settings: readonly string[]): Uint8Array => {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...settings, path]);
  return new Uint8Array(readFileSync(path));
};

describe('clips decoded without ffmpeg', () => {
  it.each([
    ['jfk-1s.flac', 16_000, 16_000, 0.999_999],
    ['jfk-1s.mp3', 16_000, 16_000, 0.99],
    ['jfk-1s.ogg', 16_000, 16_000, 0.98],
    // Opus' low bands come out up to a sample early; its reference decoder does the same (see below).
    ['jfk-1s.opus', 48_000, 48_000, 0.9],
  ])('%s has the length, place and sound of the original', async (name, sampleRate, length, quality) => {
    vi.stubEnv('PATH', '');
    const pcm = await decodeAudio(bytesOf(name));
    expect(pcm.sampleRate).toBe(sampleRate);
    expect(pcm.samples).toHaveLength(1);
    expect(mixdown(pcm)).toHaveLength(length);
    await expectClip(pcm, clip, quality);
  });

  it('FLAC is lossless', async () => {
    expect((await decodeAudio(bytesOf('jfk-1s.flac'))).samples).toEqual([clip]);
  });

  it('goes by content, not by name', async () => {
    const path = join(folder, 'really-mp3.wav');
    writeFileSync(path, bytesOf('jfk-1s.mp3'));
    await expectClip(await readAudio(path, platform), clip, 0.99);
    await expectClip(await readAudio(pathToFileURL(path), platform), clip, 0.99);
    await expectClip(await readAudio(pathToFileURL(path).href, platform), clip, 0.99);
  });

  it('ignores ID3 tags at both ends', async () => {
    const tag = Uint8Array.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 20, ...new Uint8Array(20)]);
    const tail = new Uint8Array(128);
    tail.set([0x54, 0x41, 0x47]);
    for (const name of ['jfk-1s.mp3', 'jfk-1s.flac']) {
      const tagged = Buffer.concat([tag, bytesOf(name), tail]);
      expect(await decodeAudio(tagged)).toEqual(await decodeAudio(bytesOf(name)));
    }
  });

  it('says what to do for a format that needs ffmpeg where there is none', async () => {
    vi.stubEnv('PATH', '');
    const decoding = decodeAudio(bytesOf('jfk-1s.m4a'));
    await expect(decoding).rejects.toMatchObject({ code: 'AUDIO_UNSUPPORTED' });
    await expect(decoding).rejects.toThrow(
      /ffmpeg.*not on PATH.*install ffmpeg.*pass \{ samples, sampleRate \}/,
    );
  });
});

/** Any outcome but audio with samples, or an AsrError, fails. */
async function outcome(bytes: Uint8Array): Promise<number | AsrError> {
  try {
    const samples = mixdown(await decodeAudio(bytes));
    expect(samples.length).toBeGreaterThan(0);
    return samples.length;
  } catch (error) {
    if (AsrError.isInstance(error)) return error;
    throw error;
  }
}

describe('damaged files', () => {
  const names = [
    'jfk-1s.flac',
    'jfk-1s.mp3',
    'jfk-1s.ogg',
    'jfk-1s.opus',
    ...(hasFfmpeg ? ['jfk-1s.m4a'] : []),
  ];
  it.each(names)('%s cut anywhere is an error', async (name) => {
    const bytes = bytesOf(name);
    for (const part of [0.01, 0.1, 0.3, 0.6, 0.85]) {
      const result = await outcome(bytes.subarray(0, Math.floor(bytes.length * part)));
      expect(result, `${name} cut to ${part}`).toMatchObject({ name: 'AsrError' });
    }
  });

  it.each(['jfk-1s.flac', 'jfk-1s.ogg', 'jfk-1s.opus'])(
    '%s overwritten in the middle is an error',
    async (name) => {
      const bytes = bytesOf(name).map((byte, i, all) =>
        Math.abs(i - all.length / 2) < 300 ? byte ^ 0x5a : byte,
      );
      expect(await outcome(bytes)).toMatchObject({ code: 'AUDIO_INVALID' });
    },
  );

  it.each(['jfk-1s.flac', 'jfk-1s.mp3', 'jfk-1s.ogg', 'jfk-1s.opus'])(
    '%s with any bytes changed ends',
    async (name) => {
      const file = bytesOf(name);
      const edits = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
      const headEdits = fc.array(fc.tuple(fc.nat(150), fc.nat(255)), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(edits, headEdits, async (anywhere, head) => {
          const bytes = file.slice();
          for (const [at, value] of [...anywhere, ...head]) bytes[at] = value;
          await outcome(bytes);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('text, zeros and an empty file are named', async () => {
    await expect(decodeAudio(new TextEncoder().encode('<!doctype html>'))).rejects.toThrow(
      /no audio format known here: 15 bytes starting with 3c 21 64 6f/,
    );
    await expect(decodeAudio(new Uint8Array(1000))).rejects.toMatchObject({ code: 'AUDIO_UNSUPPORTED' });
    await expect(readAudio(new Uint8Array(0), platform)).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
  });
});

describe('readAudioFile', () => {
  it('names a missing file', async () => {
    const reading = readAudioFile(join(folder, 'nothing.wav'));
    await expect(reading).rejects.toMatchObject({ code: 'AUDIO_INVALID', cause: { code: 'ENOENT' } });
    await expect(reading).rejects.toThrow(/nothing\.wav/);
  });

  it('reads a data: URL and reports a failed download', async () => {
    expect(await readAudioFile(new URL('data:audio/wav;base64,UklGRg=='))).toEqual(
      Uint8Array.of(82, 73, 70, 70),
    );
    await expect(readAudioFile('http://127.0.0.1:1/speech.wav')).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
    });
  });

  it('rejects with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(readAudioFile(fixture('jfk.wav'), signal)).rejects.toThrow('enough');
    await expect(decodeAudio(bytesOf('jfk-1s.flac'), signal)).rejects.toThrow('enough');
  });
});

describe.skipIf(!hasFfmpeg)('with ffmpeg on this machine (skipped where it is not installed)', () => {
  it('decodes the M4A clip', async () => {
    const pcm = await decodeAudio(bytesOf('jfk-1s.m4a'));
    // AAC pads to whole frames of 1024 samples.
    expect(Math.abs(mixdown(pcm).length - 16_000)).toBeLessThan(1024);
    await expectClip(pcm, clip, 0.98);
  });

  const mono = ['-i', fixture('jfk.wav')];
  const stereo44k = [...mono, '-ar', '44100', '-ac', '2'];
  it.each([
    ['16.flac', mono, 0.999_999],
    ['24.flac', [...stereo44k, '-sample_fmt', 's32'], 0.999],
    ['44k.mp3', [...stereo44k, '-b:a', '128k'], 0.99],
    ['vbr.mp3', [...stereo44k, '-q:a', '4'], 0.99],
    ['no-xing.mp3', [...mono, '-write_xing', '0'], 0.9],
    ['tagged.mp3', [...mono, '-metadata', 'title=Inaugural', '-write_id3v1', '1'], 0.99],
    ['44k.ogg', [...stereo44k, '-c:a', 'libvorbis'], 0.98],
    ['voice.opus', [...mono, '-b:a', '16k', '-application', 'voip'], 0.9],
    ['stereo.opus', [...mono, '-ac', '2', '-b:a', '96k'], 0.9],
    ['5.1.opus', [...mono, '-ac', '6', '-mapping_family', '1'], 0.9],
    ['speech.m4a', [...stereo44k, '-c:a', 'aac'], 0.98],
    ['fast-start.m4a', [...stereo44k, '-c:a', 'aac', '-movflags', '+faststart'], 0.98],
    ['speech.aac', [...stereo44k, '-c:a', 'aac'], 0],
    ['speech.aiff', stereo44k, 0.999],
    ['speech.webm', [...mono, '-c:a', 'libopus'], 0.9],
    ['speech.caf', [...mono, '-c:a', 'pcm_s16le'], 0.999_999],
    ['speech.au', mono, 0.999_999],
    ['flac.oga', [...mono, '-c:a', 'flac', '-f', 'ogg'], 0.999_999],
    ['ima-adpcm.wav', [...mono, '-c:a', 'adpcm_ima_wav'], 0.99],
    ['24.wav', [...stereo44k, '-c:a', 'pcm_s24le'], 0.999],
    ['rf64.wav', [...mono, '-rf64', 'always'], 0.999_999],
    ['mulaw.wav', [...mono, '-c:a', 'pcm_mulaw'], 0.99],
    ['alaw.wav', [...mono, '-c:a', 'pcm_alaw'], 0.99],
    ['f64.wav', [...mono, '-c:a', 'pcm_f64le'], 0.999_999],
  ])('reads %s as ffmpeg wrote it', async (name, settings, quality) => {
    const pcm = await readAudio(encode(name, ...settings), platform);
    const samples = await prepareAudio(pcm, 16_000);
    expect(Math.abs(samples.length - original.length)).toBeLessThan(0.15 * 16_000);
    // ADTS and MP3 without a LAME header do not say how much encoder delay to remove.
    if (quality > 0.9) expect(delay(samples.subarray(4800, 16_800), original.subarray(4800, 16_800))).toBe(0);
    const late =
      quality > 0.9 ? 0 : delay(samples.subarray(4800, 16_800), original.subarray(4800, 16_800), 2200);
    const shifted = late < 0 ? original.subarray(-late) : original;
    expect(correlation(samples.subarray(Math.max(0, late)), shifted)).toBeGreaterThan(
      Math.min(quality, 0.98) || 0.9,
    );
  });

  it('reads WAV that ffmpeg streams without sizes', async () => {
    const wav = execFileSync('ffmpeg', ['-v', 'error', ...mono, '-f', 'wav', '-']);
    const { samples, truncated } = readWav(wav);
    expect(samples).toEqual([original]);
    expect(truncated).toBe(false);
  });

  // ffmpeg's own Opus decoder is not exact: where ffmpeg has the reference decoder, compare with that.
  const decoders = ffmpegDecoders();
  const references = [
    ['jfk-1s.flac', 'flac'],
    ['jfk-1s.mp3', 'mp3float'],
    ['jfk-1s.ogg', 'vorbis'],
    ['jfk-1s.opus', 'libopus'],
  ] as const;
  it.each(references.filter(([, decoder]) => decoders.includes(decoder)))(
    '%s gives the samples of ffmpeg (%s)',
    async (name, decoder) => {
      const settings = [
        '-v',
        'error',
        '-c:a',
        decoder,
        '-i',
        fixture(name),
        '-c:a',
        'pcm_f32le',
        '-f',
        'wav',
        '-',
      ];
      const [theirs] = readWav(execFileSync('ffmpeg', settings)).samples;
      const ours = mixdown(await decodeAudio(bytesOf(name)));
      expect(ours).toHaveLength(theirs!.length);
      expect(Math.max(...ours.map((x, i) => Math.abs(x - theirs![i]!)))).toBeLessThan(2e-4);
    },
  );

  it('leaves the event loop its turns, and stops at once when aborted', async () => {
    const long = encode('long.mp3', '-stream_loop', '10', ...stereo44k, '-b:a', '128k');
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await decodeAudio(long);
    running = false;
    expect(turns).toBeGreaterThanOrEqual(long.length / 8192);

    for (const bytes of [long, encode('long.m4a', '-stream_loop', '10', ...stereo44k, '-c:a', 'aac')]) {
      const controller = new AbortController();
      const decoding = decodeAudio(bytes, controller.signal);
      setTimeout(() => controller.abort(new Error('enough')), 10);
      await expect(decoding).rejects.toThrow('enough');
    }
  });

  it('refuses truncated AIFF and a video without sound', async () => {
    const aiff = encode('cut.aiff', ...mono);
    await expect(decodeAudio(aiff.subarray(0, 20_000))).rejects.toThrow(
      /truncated.*states \d+ bytes and has 20000/,
    );
    const silentVideo = encode('video.mp4', '-f', 'lavfi', '-i', 'testsrc=d=0.2:s=64x64', '-c:v', 'mpeg4');
    await expect(decodeAudio(silentVideo)).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
  });
});
