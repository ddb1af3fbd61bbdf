import { createWebPlatform } from '@org/asr-web';
import { prepareAudio, readAudio, readWav } from '@org/asr-core';
import type { LoadProgress, PackagedModel } from '@org/asr-core';
import { describe, expect, it } from 'vitest';

const platform = createWebPlatform();
const jfk = new URL('../../fixtures/audio/jfk.wav', import.meta.url);

function packaged(urls: Record<string, URL>): PackagedModel {
  return { name: 'test', urls };
}

/** An address whose answer has this type and content. */
function blobUrl(type: string, content: string): URL {
  return new URL(URL.createObjectURL(new Blob([content], { type })));
}

describe('openModel', () => {
  it('fetches the files of a packaged model and reports progress', async () => {
    const progress: LoadProgress[] = [];
    const files = await platform.openModel(
      packaged({ 'b.wav': jfk, 'a.txt': blobUrl('text/plain', 'abc') }),
      {
        onProgress: (event) => progress.push(event),
      },
    );
    expect(files.origin).toBe('model test');
    expect(await files.list()).toEqual(['a.txt', 'b.wav']);
    const bytes = await (await files.open('b.wav')).bytes();
    const size = bytes.length;
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('RIFF');
    expect(progress[0]).toMatchObject({ type: 'download', file: 'b.wav', total: size });
    expect(progress.at(-1)).toEqual({ type: 'download', file: 'b.wav', loaded: size, total: size });
  });

  it.each([
    ['a missing file', new URL('/no/such/file.onnx', globalThis.location.href), /404|web page/],
    ['a web page in its place', blobUrl('text/html', '<!doctype html>'), /web page instead of the file/],
  ])('names %s', async (_, url, message) => {
    const files = await platform.openModel(packaged({ 'model.onnx': url }), {});
    await expect(files.open('model.onnx').then((file) => file.bytes())).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:DOWNLOAD_FAILED|MODEL_NOT_FOUND)$/),
      message: expect.stringMatching(message),
    });
  });

  it('stops with the reason of the signal', async () => {
    const controller = new AbortController();
    const files = await platform.openModel(packaged({ 'a.wav': jfk }), { signal: controller.signal });
    const pending = files.open('a.wav', controller.signal);
    controller.abort(new Error('changed my mind'));
    await expect(pending).rejects.toThrow('changed my mind');
  });

  it('opens files in memory', async () => {
    const files = await platform.openModel({ files: { 'x.json': new Blob(['{}']) } }, {});
    expect([...(await (await files.open('x.json')).bytes())]).toEqual([0x7b, 0x7d]);
  });

  it.each([
    [{ path: '/models' }, "browsers don't open the folder /models"],
    [new URL('file:///models/'), "file: addresses can't be listed"],
  ])('says why it cannot open %s', async (source, message) => {
    await expect(platform.openModel(source, {})).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      message: expect.stringContaining(message),
    });
  });
});

describe('audio', () => {
  it("decodes with the browser's codecs to what core reads itself", async () => {
    const bytes = new Uint8Array(await (await fetch(jfk)).arrayBuffer());
    const decoded = await platform.decodeAudio(bytes);
    expect(bytes.length).toBeGreaterThan(0);
    expect(decoded.sampleRate).toBe(48_000);
    const actual = await prepareAudio(decoded, 16_000);
    const expected = await prepareAudio(readWav(bytes), 16_000);
    expect(Math.abs(actual.length - expected.length)).toBeLessThanOrEqual(1);
    // The browser's way up to 48 kHz and ours down again must keep the signal: 30 dB below it at most.
    let error = 0;
    let energy = 0;
    for (let i = 0; i < Math.min(actual.length, expected.length); i++) {
      error += (actual[i]! - expected[i]!) ** 2;
      energy += expected[i]! ** 2;
    }
    expect(10 * Math.log10(error / energy)).toBeLessThan(-30);
  });

  it.each(['flac', 'mp3', 'ogg', 'opus'])('decodes %s', async (format) => {
    const location = new URL(`../../fixtures/audio/jfk-1s.${format}`, import.meta.url);
    const samples = await prepareAudio(await readAudio(location, platform), 16_000);
    // MP3 and Vorbis may add the silence of their frames.
    expect(samples.length / 16_000).toBeGreaterThan(0.99);
    expect(samples.length / 16_000).toBeLessThan(1.1);
    expect(Math.max(...samples)).toBeGreaterThan(0.1);
  });

  it('reads an address', async () => {
    const pcm = await readAudio(jfk, platform);
    expect(pcm.sampleRate).toBe(16_000);
    expect(await prepareAudio(pcm, 16_000)).toHaveLength(176_000);
    for (const address of ['/none.wav', 'http://127.0.0.1:1/none.wav']) {
      await expect(readAudio(address, platform)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    }
  });

  it('tells unknown bytes from a format it cannot decode', async () => {
    await expect(platform.decodeAudio(Uint8Array.of(1, 2, 3, 4))).rejects.toMatchObject({
      code: 'AUDIO_INVALID',
    });
    const amr = new TextEncoder().encode('#!AMR\n and nothing that is AMR');
    await expect(platform.decodeAudio(amr)).rejects.toMatchObject({
      code: 'AUDIO_UNSUPPORTED',
      message: expect.stringContaining('amr'),
    });
  });
});

it('refuses to run off the thread, rather than ignore the wish', async () => {
  await expect(platform.createBackend({ offThread: true })).rejects.toMatchObject({
    code: 'OPTION_UNSUPPORTED',
  });
});
