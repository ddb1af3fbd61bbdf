import { type Mock, describe, expect, it, vi } from 'vitest';
import { AsrError } from '../errors.js';
import type { AudioInput, Pcm } from './pcm.js';
import { type AudioPlatform, prepareAudio, readAudio } from './read-audio.js';
import { writeWav } from './wav-writer.js';

const pcm: Pcm = { samples: [Float32Array.of(0.5, -0.25)], sampleRate: 16_000 };
const wav = writeWav(pcm);
const decoded: Pcm = { samples: [new Float32Array(3)], sampleRate: 44_100 };
const mp3Frame = Uint8Array.from({ length: 417 }, (_, i) => [0xff, 0xfb, 0x90, 0x00][i] ?? 0);
const mp3 = Uint8Array.from([...mp3Frame, ...mp3Frame]);

function fakePlatform(): AudioPlatform & { readonly decodeAudio: Mock<AudioPlatform['decodeAudio']> } {
  return {
    decodeAudio: vi.fn<AudioPlatform['decodeAudio']>(async () => decoded),
    readAudioFile: async () => wav,
  };
}

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function webStream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 5));
      controller.enqueue(bytes.subarray(5));
      controller.close();
    },
  });
}

describe('readAudio', () => {
  const inputs: [string, AudioInput][] = [
    ['Uint8Array', wav],
    ['Buffer', Buffer.from(wav)],
    ['ArrayBuffer', wav.buffer],
    ['Blob', new Blob([wav])],
    ['ReadableStream', webStream(wav)],
    ['a ReadableStream that cannot be iterated', hideIterator(webStream(wav))],
    ['AsyncIterable', chunked(wav, 7)],
    ['a path', 'speech.mp3'],
    ['a URL', new URL('file:///speech')],
  ];
  it.each(inputs)('reads WAV from %s', async (_, input) => {
    const platform = fakePlatform();
    expect(await readAudio(input, platform)).toMatchObject(pcm);
    expect(platform.decodeAudio).not.toHaveBeenCalled();
  });

  it('passes Pcm through', async () => {
    expect(await readAudio(pcm, fakePlatform())).toBe(pcm);
  });

  it('goes by content: an MP3 is decoded as such whatever its name', async () => {
    const platform = { ...fakePlatform(), readAudioFile: async () => mp3 };
    expect(await readAudio('speech.wav', platform)).toBe(decoded);
    expect(platform.decodeAudio).toHaveBeenCalledWith(mp3, undefined);
  });

  it('offers a WAV file with another codec to the platform', async () => {
    const adpcm = wav.slice();
    adpcm[20] = 0x11;
    expect(await readAudio(adpcm, fakePlatform())).toBe(decoded);
  });

  it('reports a damaged WAV file itself', async () => {
    const platform = fakePlatform();
    await expect(readAudio(wav.subarray(0, 20), platform)).rejects.toMatchObject({ code: 'AUDIO_INVALID' });
    expect(platform.decodeAudio).not.toHaveBeenCalled();
  });

  it('refuses empty data', async () => {
    await expect(readAudio(new Uint8Array(0), fakePlatform())).rejects.toThrow(/0 bytes/);
  });

  it('says where paths cannot be read', async () => {
    const { decodeAudio } = fakePlatform();
    const reading = readAudio('speech.wav', { decodeAudio });
    await expect(reading).rejects.toBeInstanceOf(AsrError);
    await expect(reading).rejects.toThrow(/speech\.wav.*pass its bytes/);
  });

  it.each([
    ['a bare Float32Array', new Float32Array(2), /pass \{ samples, sampleRate \}/],
    ['bare channels', [new Float32Array(2)], /bare Array/],
    ['an Int16Array', new Int16Array(2), /bare Int16Array/],
    ['a number', 5, /got number/],
    ['null', null, /got null/],
    ['an object', {}, /got Object/],
    ['a stream of strings', chunkOfText(), /chunks of bytes.*got string/],
  ])('refuses %s with a TypeError', async (_, input, message) => {
    const reading = readAudio(input as never, fakePlatform());
    await expect(reading).rejects.toBeInstanceOf(TypeError);
    await expect(reading).rejects.toThrow(message);
  });

  it('stops waiting for a stream that hangs when aborted, and closes it', async () => {
    const cancel = vi.fn<() => void>();
    const hanging = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}), cancel });
    const controller = new AbortController();
    const reading = readAudio(hideIterator(hanging), fakePlatform(), controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 5);
    await expect(reading).rejects.toThrow('enough');
    expect(cancel).toHaveBeenCalled();
  });

  it('does nothing when already aborted', async () => {
    const platform = fakePlatform();
    await expect(readAudio(mp3, platform, AbortSignal.abort(new Error('early')))).rejects.toThrow('early');
    expect(platform.decodeAudio).not.toHaveBeenCalled();
  });

  it('passes on the error of a stream', async () => {
    const failing = new ReadableStream<Uint8Array>({ pull: (c) => c.error(new Error('network')) });
    await expect(readAudio(failing, fakePlatform())).rejects.toThrow('network');
  });
});

describe('prepareAudio', () => {
  it('mixes down and resamples', async () => {
    const [left, right] = [new Float32Array(4800).fill(0.5), new Float32Array(4800).fill(0.1)];
    const mono = await prepareAudio({ samples: [left, right], sampleRate: 48_000 }, 16_000);
    expect(mono).toHaveLength(1600);
    expect(mono[800]).toBeCloseTo(0.3, 6);
  });

  it('copies nothing when nothing changes', async () => {
    const samples = new Float32Array(8);
    expect(await prepareAudio({ samples, sampleRate: 16_000 }, 16_000)).toBe(samples);
  });

  it('refuses a rate that is none', async () => {
    await expect(prepareAudio(pcm, 0)).rejects.toThrow(RangeError);
  });

  it('gives the event loop its turn, and stops when aborted', async () => {
    const long = { samples: new Float32Array(60 * 44_100), sampleRate: 44_100 };
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const samples = await prepareAudio(long, 16_000);
    clearInterval(timer);
    expect(samples).toHaveLength(60 * 16_000);
    expect(ticks).toBeGreaterThan(3);
    const reason = new Error('stop');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 1);
    await expect(prepareAudio(long, 16_000, controller.signal)).rejects.toBe(reason);
  });
});

async function* chunkOfText(): AsyncGenerator<string> {
  yield 'text';
}

/** As in browsers whose streams have no async iterator. */
function hideIterator(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return { getReader: () => stream.getReader() } as ReadableStream<Uint8Array>;
}
