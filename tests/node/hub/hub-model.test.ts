import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore, openRemoteModel } from '@org/asr-core';
import type { LoadProgress, ModelFiles, RemoteOptions } from '@org/asr-core';
import { listCachedModels, removeCachedModel, verifyCachedModels } from '@org/asr-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DiskStore } from '../../../packages/node/src/cache/disk-store.js';
import { cutAfter, HubServer, serveBytes, sha256 } from './hub-server.js';

const NAME = 'ada/tiny';
const LARGE = new Uint8Array(300_000).map((_, i) => (i * i) % 251);
const LARGE_SHA256 = sha256(LARGE);
const CONFIG = new TextEncoder().encode('{"model_type":"whisper"}');
const GRAPH = 'onnx/encoder model.onnx';

let hub: HubServer;
let cache: string;

beforeEach(async () => {
  hub = await HubServer.start();
  cache = await mkdtemp(join(tmpdir(), 'asr-hub-'));
  hub.models.set(NAME, {
    files: {
      '.gitattributes': CONFIG,
      'config.json': CONFIG,
      'README.md': Uint8Array.of(35),
      [GRAPH]: LARGE,
    },
  });
});

afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(cache, { recursive: true, force: true });
});

function open(source = NAME, options: Partial<RemoteOptions> = {}): Promise<ModelFiles> {
  return openRemoteModel(source, {
    store: new DiskStore(cache),
    endpoint: hub.endpoint,
    retry: { attempts: 4, firstDelay: 0.01, stallTimeout: 2 },
    ...options,
  });
}

/** The checksum of what arrived. */
async function fetchGraph(options: Partial<RemoteOptions> = {}): Promise<string> {
  const files = await open(NAME, options);
  return sha256(await (await files.open(GRAPH, options.signal)).bytes());
}

const isCdn = (url: string | undefined): boolean => url?.includes('signature') ?? false;

/** Answers the nth requests to the CDN in other ways; those after them as usual. */
function faults(...answers: NonNullable<HubServer['intercept']>[]): void {
  hub.intercept = (request, response) =>
    isCdn(request.url) ? (answers.shift()?.(request, response) ?? false) : false;
}

describe('a model of the hub', () => {
  it('lists all pages, without the files of tools, and says where it is', async () => {
    const files = await open();
    expect(await files.list()).toEqual(['README.md', 'config.json', GRAPH]);
    expect(files.sizes?.get(GRAPH)).toBe(LARGE.length);
    expect(files.origin).toBe(`hub model ${NAME}@main (commit ${hub.commit(NAME).slice(0, 10)})`);
    expect(hub.downloads).toEqual([]);
  });

  it('fetches only what is opened, once, and gives its path', async () => {
    const files = await open();
    const file = await files.open(GRAPH);
    expect(file).toMatchObject({ name: GRAPH, size: LARGE.length });
    expect(sha256(await readFile(file.path!))).toBe(LARGE_SHA256);
    expect(file.path).toMatch(/files[/\\]onnx[/\\]encoder model\.onnx$/u);
    const before = hub.downloads.length;
    await (await open()).open(GRAPH);
    expect(hub.downloads).toHaveLength(before);
    expect(hub.downloads.map(({ server }) => server)).toEqual(['hub', 'cdn']);
  });

  it('opens the same file for several at once with one download', async () => {
    const files = await open();
    const opened = await Promise.all([files.open(GRAPH), files.open(GRAPH), (await open()).open(GRAPH)]);
    expect(new Set(opened.map(({ path }) => path)).size).toBe(1);
    expect(hub.downloads.filter(({ server }) => server === 'cdn')).toHaveLength(1);
  });

  it('reports progress to the total', async () => {
    const reports: LoadProgress[] = [];
    await fetchGraph({ onProgress: (progress) => reports.push(progress) });
    expect(reports[0]).toEqual({ type: 'download', file: GRAPH, loaded: 0, total: LARGE.length });
    expect(reports.at(-1)).toEqual({
      type: 'download',
      file: GRAPH,
      loaded: LARGE.length,
      total: LARGE.length,
    });
  });

  it('works in memory', async () => {
    const files = await open(NAME, { store: createMemoryStore() });
    expect(sha256(await (await files.open(GRAPH)).bytes())).toBe(LARGE_SHA256);
    expect(await (await files.open('config.json')).bytes()).toEqual(CONFIG);
  });

  it('takes revisions with slashes and commits', async () => {
    expect((await open(`${NAME}@refs/pr/1`)).origin).toContain('@refs/pr/1');
    const files = await open(`${NAME}@${hub.commit(NAME)}`);
    await files.open('config.json');
    hub.requests.length = 0;
    await (await open(`${NAME}@${hub.commit(NAME)}`)).open('config.json');
    expect(hub.requests).toEqual([]);
  });

  it('has a new commit fetched, but not the files that are the same', async () => {
    await fetchGraph();
    const old = hub.models.get(NAME)!;
    hub.models.set(NAME, { files: { ...old.files, 'config.json': Uint8Array.of(0x7b, 0x7d) } });
    hub.requests.length = 0;
    const files = await open();
    expect(sha256(await (await files.open(GRAPH)).bytes())).toBe(LARGE_SHA256);
    expect(await (await files.open('config.json')).bytes()).toEqual(Uint8Array.of(0x7b, 0x7d));
    expect(hub.downloads.map(({ url }) => url.split('/').at(-1))).toEqual(['config.json']);
  });

  it('sends the token to the hub alone', async () => {
    hub.models.set(NAME, { ...hub.models.get(NAME)!, token: 'hf_secret' });
    expect(await fetchGraph({ token: 'hf_secret' })).toBe(LARGE_SHA256);
    expect(hub.requests.some(({ server }) => server === 'cdn')).toBe(true);
    for (const { server, headers } of hub.requests) {
      expect(headers.authorization).toBe(server === 'hub' ? 'Bearer hf_secret' : undefined);
    }
  });

  it('follows no next page to another server', async () => {
    hub.intercept = (request, response) => {
      if (!request.url?.includes('/tree/')) return false;
      response.setHeader('Link', `<${hub.cdn}/steal>; rel="next"`);
      response.end('[]');
      return true;
    };
    await expect(open(NAME, { token: 'hf_secret' })).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(hub.requests.every(({ server }) => server === 'hub')).toBe(true);
  });

  it.each(['../../evil', '/etc/passwd', 'a\\b', 'C:/x', 'a/../../b', 'con', 'x\u0000'])(
    'refuses a listing that names %j',
    async (name) => {
      hub.models.set(NAME, { files: { 'config.json': CONFIG, [name]: CONFIG } });
      await expect(open()).rejects.toMatchObject({
        code: 'MODEL_INVALID',
        message: expect.stringContaining(JSON.stringify(name)) as unknown,
      });
    },
  );
});

describe('refusals', () => {
  it.each<[string, string, Partial<RemoteOptions>, string, RegExp]>([
    [
      'an unknown model',
      'ada/none',
      {},
      'MODEL_NOT_FOUND',
      /no public model ada\/none.*HF_TOKEN.*RepoNotFound/u,
    ],
    ['an unknown revision', `${NAME}@v9`, {}, 'MODEL_NOT_FOUND', /no branch, tag or commit "v9"/u],
    ['a gated model', 'ada/gated', {}, 'DOWNLOAD_FAILED', /Accept its terms.*HF_TOKEN/u],
    ['a wrong token', 'ada/gated', { token: 'hf_wrong' }, 'DOWNLOAD_FAILED', /no access to ada\/gated/u],
    ['an unknown model with a token', 'ada/none', { token: 'hf_x' }, 'DOWNLOAD_FAILED', /refuses the token/u],
  ])('says what to do about %s', async (_, source, options, code, message) => {
    hub.models.set('ada/gated', { files: {}, token: 'hf_right' });
    const error: unknown = await open(source, options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    expect(String(error)).not.toMatch(/hf_(wrong|x)/u);
  });

  it('says so when the endpoint is no hub', async () => {
    hub.intercept = (_, response) => {
      response.end('<html>');
      return true;
    };
    await expect(open()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('no JSON') as unknown,
    });
    await expect(open(NAME, { endpoint: 'huggingface' })).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
    });
  });

  it('says which file is gone', async () => {
    const files = await open();
    hub.intercept = (request, response) => {
      if (!request.url?.includes('/resolve/')) return false;
      response.writeHead(404, { 'X-Error-Code': 'EntryNotFound' }).end();
      return true;
    };
    await expect(files.open(GRAPH)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(files.open('none.onnx')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

describe('a bad connection', () => {
  it('goes on where the connection was cut', async () => {
    const etag = `"${sha256(LARGE).slice(0, 32)}"`;
    faults((_, response) => {
      cutAfter(response, LARGE, 100_000, etag);
      return true;
    });
    expect(await fetchGraph()).toBe(LARGE_SHA256);
    const [, second] = hub.downloads.filter(({ server }) => server === 'cdn');
    expect(Number(/^bytes=(\d+)-$/u.exec(second?.headers.range ?? '')?.[1])).toBeGreaterThan(0);
    expect(second?.headers['if-range']).toBe(etag);
  });

  it('goes on in a later process, too', async () => {
    let attempts = 0;
    hub.intercept = (request, response) => {
      if (!isCdn(request.url)) return false;
      attempts++;
      if (attempts < 4) {
        response.destroy();
        return true;
      }
      response.writeHead(200, { 'Content-Length': LARGE.length, ETag: '"x"' });
      response.write(LARGE.subarray(0, 50_000));
      // A broken fetch drops what was not read from it yet, so the cut waits for bytes in the cache.
      const isStored = async (): Promise<void> => {
        const [model] = await listCachedModels({ cache });
        expect(model?.unfinished).toBeGreaterThan(0);
      };
      void vi.waitFor(isStored, { timeout: 20_000 }).finally(() => response.destroy());
      return true;
    };
    await expect(fetchGraph()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('tried 4 times') as unknown,
    });
    const [model] = await listCachedModels({ cache });
    expect(model).toMatchObject({ files: [], size: 0 });
    expect(model!.unfinished).toBeGreaterThan(0);
    hub.requests.length = 0;
    hub.intercept = undefined;
    expect(await fetchGraph()).toBe(LARGE_SHA256);
    expect(hub.downloads.at(-1)?.headers.range).toBeDefined();
  });

  it('starts anew when the file changed meanwhile', async () => {
    const other = LARGE.map((byte) => byte ^ 1);
    faults((_, response) => {
      cutAfter(response, other, 100_000, '"old version"');
      return true;
    });
    expect(await fetchGraph()).toBe(LARGE_SHA256);
  });

  it('starts anew when a server continues another version although it was told which one', async () => {
    const other = LARGE.map((byte) => byte ^ 1);
    faults(
      (_, response) => {
        cutAfter(response, other, 100_000, '"old version"');
        return true;
      },
      (request, response) => {
        delete request.headers['if-range'];
        serveBytes(request, response, LARGE);
        return true;
      },
    );
    expect(await fetchGraph()).toBe(LARGE_SHA256);
  });

  it('starts anew after 416', async () => {
    faults(
      (_, response) => {
        cutAfter(response, LARGE, 100_000, '"v"');
        return true;
      },
      (_, response) => {
        response.writeHead(416, { 'Content-Range': 'bytes */7' }).end();
        return true;
      },
    );
    expect(await fetchGraph()).toBe(LARGE_SHA256);
  });

  it.each([500, 502, 503, 504, 408, 429])('tries again after %i', async (status) => {
    faults((_, response) => {
      response.writeHead(status).end();
      return true;
    });
    expect(await fetchGraph()).toBe(LARGE_SHA256);
  });

  it('waits as long as the server asks, and not for hours', async () => {
    let asked = 0;
    faults((_, response) => {
      asked = performance.now();
      response.writeHead(429, { 'Retry-After': '1' }).end();
      return true;
    });
    expect(await fetchGraph()).toBe(LARGE_SHA256);
    expect(performance.now() - asked).toBeGreaterThan(990);
    await removeCachedModel(NAME, { cache });
    faults((_, response) => {
      response.writeHead(503, { 'Retry-After': new Date(Date.now() + 3_600_000).toUTCString() }).end();
      return true;
    });
    await expect(fetchGraph()).rejects.toMatchObject({
      message: expect.stringMatching(/asks to wait 3(599|600) s/u) as unknown,
    });
  });

  it('gives up on a connection that brings nothing, and is patient with a slow one', async () => {
    faults(
      (_, response) => {
        response.writeHead(200, { 'Content-Length': LARGE.length }).flushHeaders();
        return true;
      },
      (_, response) => {
        response.writeHead(200, { 'Content-Length': LARGE.length, ETag: '"slow"' });
        let at = 0;
        const timer = setInterval(() => {
          response.write(LARGE.subarray(at, (at += 30_000)));
          if (at < LARGE.length) return;
          clearInterval(timer);
          response.end();
        }, 100);
        return true;
      },
    );
    expect(await fetchGraph({ retry: { attempts: 2, firstDelay: 0.01, stallTimeout: 0.5 } })).toBe(
      LARGE_SHA256,
    );
  });

  it.each<[string, Uint8Array]>([
    ['shorter', LARGE.subarray(5)],
    ['longer', new Uint8Array(LARGE.length + 5)],
    ['different', LARGE.map((byte) => byte ^ 255)],
  ])('refuses a file that is %s than listed, and keeps nothing of it', async (_, content) => {
    hub.intercept = (request, response) => {
      if (!isCdn(request.url)) return false;
      serveBytes(request, response, content, '"wrong"');
      return true;
    };
    await expect(fetchGraph()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(await listCachedModels({ cache })).toMatchObject([{ files: [], unfinished: 0 }]);
  });

  it('checks small files by the name that Git gives them', async () => {
    hub.intercept = (request, response) => {
      if (!request.url?.endsWith('config.json')) return false;
      response.end(new TextEncoder().encode('{"model_type":"wh1sper"}'));
      return true;
    };
    for (const store of [new DiskStore(cache), createMemoryStore()]) {
      await expect((await open(NAME, { store })).open('config.json')).rejects.toMatchObject({
        code: 'DOWNLOAD_FAILED',
        message: expect.stringContaining('expected git-sha1') as unknown,
      });
    }
  });

  it('stops at once when aborted, keeps what it has, and goes on later', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    faults((_, response) => {
      response.writeHead(200, { 'Content-Length': LARGE.length, ETag: '"v"' });
      response.write(LARGE.subarray(0, 100_000), () => setTimeout(() => controller.abort(reason), 100));
      return true;
    });
    await expect(fetchGraph({ signal: controller.signal })).rejects.toBe(reason);
    hub.intercept = undefined;
    expect(await fetchGraph()).toBe(LARGE_SHA256);
    expect(hub.downloads.at(-1)?.headers.range).toBeDefined();
  });

  it('stops while it waits for another attempt, and while it lists', async () => {
    const reason = new Error('enough');
    hub.intercept = (_, response) => {
      response.writeHead(503, { 'Retry-After': '100' }).end();
      return true;
    };
    const controller = new AbortController();
    const opening = open(NAME, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 100);
    await expect(opening).rejects.toBe(reason);
  });

  it('hands on what a progress callback throws, without trying again', async () => {
    const onProgress = vi.fn<() => void>(() => {
      throw new RangeError('mine');
    });
    await expect(fetchGraph({ onProgress })).rejects.toThrow('mine');
    expect(onProgress).toHaveBeenCalledTimes(1);
  });
});

describe('without a network', () => {
  const down: HubServer['intercept'] = (request) => {
    request.socket.destroy();
    return true;
  };

  it('loads from the cache when told so, and names what is not there', async () => {
    await expect(open(NAME, { offline: true })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/not in the cache.*`offline` is set/u) as unknown,
    });
    await fetchGraph();
    hub.requests.length = 0;
    expect(await fetchGraph({ offline: true })).toBe(LARGE_SHA256);
    const files = await open(NAME, { offline: true });
    await expect(files.open('config.json')).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('config.json is not in the cache') as unknown,
    });
    expect(hub.requests).toEqual([]);
  });

  it('takes the last known commit when the hub is not reached, and says so', async () => {
    await fetchGraph();
    hub.intercept = down;
    const files = await open();
    expect(files.origin).toContain('the last one known: the hub was not reached');
    expect(sha256(await (await files.open(GRAPH)).bytes())).toBe(LARGE_SHA256);
    await expect(open('ada/other')).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });

  it('does not take it when the hub refuses', async () => {
    await fetchGraph();
    hub.models.delete(NAME);
    await expect(open()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

describe('the cache', () => {
  it('lists, verifies and removes', async () => {
    await fetchGraph();
    const id = `${new URL(hub.endpoint).host}/${NAME}@${hub.commit(NAME)}`;
    const [model] = await listCachedModels({ cache });
    expect(model).toMatchObject({
      id,
      files: [{ name: GRAPH, size: LARGE.length }],
      size: LARGE.length,
      unfinished: 0,
    });
    expect(await verifyCachedModels({ cache })).toEqual([]);
    const path = join(model!.folder, GRAPH);
    const damaged = LARGE.slice();
    damaged[7] = 99;
    await rm(path);
    await writeFile(path, damaged);
    expect(await verifyCachedModels({ cache })).toMatchObject([
      { id, file: GRAPH, problem: expect.stringContaining('has SHA-256') as unknown },
    ]);
    await writeFile(path, LARGE.subarray(1));
    expect(await verifyCachedModels({ cache })).toMatchObject([
      { problem: expect.stringContaining('bytes') as unknown },
    ]);
    expect(await fetchGraph()).toBe(LARGE_SHA256);
    expect(await removeCachedModel('ada/other', { cache })).toEqual([]);
    expect(await removeCachedModel(NAME, { cache })).toEqual([id]);
    expect(await listCachedModels({ cache })).toEqual([]);
    expect(await readdir(join(cache, 'models'))).toEqual([]);
    expect(await readdir(join(cache, 'records'))).toEqual([]);
  });

  it('lists nothing where there is no cache', async () => {
    expect(await listCachedModels({ cache: join(cache, 'none') })).toEqual([]);
  });
});
