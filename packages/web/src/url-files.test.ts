import { afterEach, describe, expect, it, vi } from 'vitest';
import { urlFiles } from './url-files.js';

const model = { name: 'tiny', urls: { 'encoder.onnx': new URL('https://models.test/encoder.onnx') } };

/** Ends with an error after its first bytes, as a connection that is cut. */
const broken = (): Response => {
  let pulls = 0;
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(new Uint8Array([1, 2]));
        else controller.error(new TypeError('network error'));
      },
    }),
  );
};

async function read(answers: readonly (() => Response)[]): Promise<{ bytes: Uint8Array; caches: unknown[] }> {
  const caches: unknown[] = [];
  const queue = [...answers];
  vi.stubGlobal('fetch', (_: URL, init: RequestInit) => {
    caches.push(init.cache);
    return Promise.resolve(queue.shift()?.() ?? Response.error());
  });
  const file = await urlFiles(model, {}).open('encoder.onnx');
  return { bytes: await file.bytes(), caches };
}

afterEach(() => vi.unstubAllGlobals());

describe('a file by address', () => {
  it('is fetched once more, past the cache, when it broke off', async () => {
    const { bytes, caches } = await read([broken, () => new Response(new Uint8Array([1, 2, 3]))]);
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(caches).toEqual(['default', 'no-store']);
  });

  it('is an error when it breaks off twice, and at once when it is refused', async () => {
    await expect(read([broken, broken])).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('broke off'),
    });
    const refused = (): Response => new Response(null, { status: 404 });
    await expect(read([refused])).rejects.toMatchObject({ message: expect.stringContaining('404') });
  });
});
