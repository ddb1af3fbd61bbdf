import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openRemoteModel } from '@org/asr-core';
import type { ModelFiles, RemoteOptions } from '@org/asr-core';
import { listCachedModels, verifyCachedModels } from '@org/asr-node';
import { zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bunzip2 } from '../../../packages/node/src/cache/bunzip2.js';
import { DiskStore } from '../../../packages/node/src/cache/disk-store.js';
import { cutAfter, serveBytes, sha256 } from './hub-server.js';
import { file, link, tarGz, TOKENS } from './tar-files.js';

const GRAPH = new Uint8Array(1_000_000).map((_, i) => (i * i) % 251);
const FIXTURE = new URL('../../fixtures/archives/tiny.tar.bz2', import.meta.url);

let server: Server;
let base: string;
let root: string;
let cache: string;
let content: Map<string, Uint8Array>;
let requests: string[];
let cuts: number;

beforeEach(async () => {
  content = new Map();
  requests = [];
  cuts = 0;
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
    const found = content.get(request.url ?? '');
    if (!found) response.writeHead(404).end();
    else if (cuts-- > 0) cutAfter(response, found, Math.floor(found.length / 2), `"${sha256(found)}"`);
    else serveBytes(request, response, found, `"${sha256(found)}"`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  root = await mkdtemp(join(tmpdir(), 'asr-archives-'));
  cache = join(root, 'deep', 'cache');
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(root, { recursive: true, force: true });
});

function open(name: string, options: Partial<RemoteOptions> = {}): Promise<ModelFiles> {
  return openRemoteModel(new URL(name, base), {
    store: new DiskStore(cache),
    bunzip2,
    retry: { attempts: 2, firstDelay: 0.01 },
    ...options,
  });
}

async function usualTar(): Promise<Uint8Array> {
  return packTar([
    { header: { name: './tiny-model/', type: 'directory', size: 0 } },
    file('./tiny-model/tiny-tokens.txt'),
    file('./tiny-model/tiny-encoder.onnx', GRAPH),
    file('./tiny-model/._tiny-tokens.txt'),
    file('./tiny-model/test_wavs/README.md', new TextEncoder().encode('none')),
  ]);
}

const packed: Record<string, () => Promise<Uint8Array>> = {
  'tiny.tar': usualTar,
  'tiny.tar.gz': async () => gzipSync(await usualTar()),
  'tiny.tgz': async () => gzipSync(await usualTar()),
  'tiny.tar.bz2': () => readFile(FIXTURE),
  'tiny.zip': async () =>
    zipSync({
      'tiny-model': {
        'tiny-tokens.txt': TOKENS,
        'tiny-encoder.onnx': GRAPH,
        test_wavs: { 'README.md': new TextEncoder().encode('none') },
      },
      '__MACOSX/._x': TOKENS,
    }),
};

describe.each(Object.keys(packed))('%s', (name) => {
  beforeEach(async () => {
    content.set(`/${name}`, await packed[name]!());
  });

  it('is fetched, unpacked and kept without the archive', async () => {
    const files = await open(name);
    expect(files.origin).toBe(`archive ${base}${name}`);
    expect(await files.list()).toEqual(['test_wavs/README.md', 'tiny-encoder.onnx', 'tiny-tokens.txt']);
    const graph = await files.open('tiny-encoder.onnx');
    expect(graph).toMatchObject({ name: 'tiny-encoder.onnx', size: GRAPH.length });
    expect(sha256(await readFile(graph.path!))).toBe(sha256(GRAPH));
    await expect(files.open('none')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    const models = await listCachedModels({ cache });
    expect(models.map(({ id, unfinished }) => ({ id, unfinished }))).toEqual([
      { id: base + name, unfinished: 0 },
    ]);
    expect(await verifyCachedModels({ cache })).toEqual([]);
    const again = await open(name, { offline: true });
    expect((await again.open('tiny-encoder.onnx')).path).toBe(graph.path);
    expect(requests).toHaveLength(1);
  });

  it('is an error when it is damaged, and fetched anew afterwards', async () => {
    const good = content.get(`/${name}`)!;
    const worse = [
      good.subarray(0, good.length - 1200),
      Uint8Array.from(good).fill(7, 600, 1200),
      new Uint8Array(3000).fill(9),
    ];
    for (const bad of worse) {
      content.set(`/${name}`, bad);
      await expect(open(name)).rejects.toMatchObject({
        code: expect.stringMatching(/DOWNLOAD_FAILED|MODEL_INVALID/u) as unknown,
      });
    }
    content.set(`/${name}`, good);
    expect(await (await open(name)).list()).toHaveLength(3);
  });
});

describe('an archive on a server', () => {
  beforeEach(async () => {
    content.set('/tiny.tar.gz', gzipSync(await usualTar()));
  });

  it('goes on where the connection was cut', async () => {
    content.set('/tiny.tar', await usualTar());
    cuts = 1;
    expect(await (await open('tiny.tar')).list()).toHaveLength(3);
    expect(requests.at(-1)).toMatch(/^GET \/tiny\.tar bytes=\d+-$/u);
  });

  it('is asked about each time, and fetched anew when it changed', async () => {
    await open('tiny.tar.gz');
    await open('tiny.tar.gz');
    expect(requests).toHaveLength(2);
    content.set('/tiny.tar.gz', await tarGz(file('other/a.txt'), file('other/b.txt', GRAPH)));
    expect(await (await open('tiny.tar.gz')).list()).toEqual(['a.txt', 'b.txt']);
  });

  it('is unpacked once for several that want it', async () => {
    const opened = await Promise.all([open('tiny.tar.gz'), open('tiny.tar.gz'), open('tiny.tar.gz')]);
    for (const files of opened) expect(await files.list()).toHaveLength(3);
    expect(requests).toHaveLength(1);
  });

  it('is an error offline or when it is not there', async () => {
    await expect(open('tiny.tar.gz', { offline: true })).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    await expect(open('none.zip')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    content.set('/x.tar.bz2', await readFile(FIXTURE));
    const store = new DiskStore(cache);
    await expect(openRemoteModel(new URL('x.tar.bz2', base), { store })).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
    });
  });

  it('can be stopped while it is unpacked', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const store = new DiskStore(cache);
    const reserve = store.reserve.bind(store);
    store.reserve = async (model, name, signal) => {
      if (name.endsWith('.onnx')) controller.abort(reason);
      return reserve(model, name, signal);
    };
    await expect(open('tiny.tar.gz', { store, signal: controller.signal })).rejects.toBe(reason);
    expect(await (await open('tiny.tar.gz')).list()).toHaveLength(3);
  });
});

describe('a hostile archive', () => {
  const hostile: Record<string, () => Promise<Uint8Array>> = {
    'leads up': () => tarGz(file('model/a'), file('../../evil.txt')),
    'leads up within': () => tarGz(file('model/../../evil.txt')),
    'leads up by a folder': () => tarGz({ header: { name: '../evil/', type: 'directory', size: 0 } }),
    'is absolute': () => tarGz(file('/tmp/asr-evil.txt')),
    'names a drive': () => tarGz(file('C:/evil.txt')),
    'has backslashes': () => tarGz(file('..\\evil.txt')),
    'names a device': () => tarGz(file('model/nul')),
    'links out of the folder': () =>
      tarGz(link('symlink', 'model/out', '../../..'), file('model/out/evil.txt')),
    'links within': () => tarGz(file('model/a'), link('symlink', 'model/b', 'a')),
    'has hard links': () => tarGz(link('link', 'model/passwd', '/etc/passwd')),
    'has devices': () => tarGz({ header: { name: 'model/zero', type: 'character-device', size: 0 } }),
    'holds a name twice': () => tarGz(file('model/a'), file('model/A')),
    'unpacks to far more than its size': () => tarGz(file('model/a', new Uint8Array(3_000_000))),
    'unpacks to too much': () => tarGz(file('model/a', new Uint8Array(6_000_000))),
    'has too many files': () => tarGz(...Array.from({ length: 21 }, (_, i) => file(`model/${i}`))),
  };

  it.each(Object.keys(hostile))('that %s is refused, and writes nothing elsewhere', async (kind) => {
    content.set('/evil.tar.gz', await hostile[kind]!());
    const archiveLimits = { files: 20, bytes: 5_000_000, ratio: 50, allowance: 100_000 };
    await expect(open('evil.tar.gz', { archiveLimits })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('evil.tar.gz') as unknown,
    });
    expect(await readdir(root)).toEqual(['deep']);
    expect(await readdir(join(root, 'deep'))).toEqual(['cache']);
    expect(await readdir('/tmp')).not.toContain('asr-evil.txt');
  });

  it.each<[string, Zippable]>([
    ['leads up', { '../../evil.txt': TOKENS }],
    ['is absolute', { '/tmp/asr-evil.txt': TOKENS }],
    ['is a bomb', { 'model/a': new Uint8Array(3_000_000) }],
    ['has links', { 'model/a': [TOKENS, { os: 3, attrs: 0o120777 << 16 }] }],
  ])('as zip that %s is refused', async (_, entries) => {
    content.set('/evil.zip', zipSync(entries));
    const archiveLimits = { files: 20, bytes: 5_000_000, ratio: 50, allowance: 100_000 };
    await expect(open('evil.zip', { archiveLimits })).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    expect(await readdir(join(root, 'deep'))).toEqual(['cache']);
  });
});
