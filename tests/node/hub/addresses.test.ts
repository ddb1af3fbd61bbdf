import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModel } from '@org/asr-node';
import type { ModelFiles } from '@org/asr-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, serveBytes, sha256 } from './hub-server.js';

const CONFIG = new TextEncoder().encode('{"model_type":"whisper"}');
const GRAPH = new Uint8Array(5000).map((_, i) => i % 250);

let server: Server;
let base: URL;
let cache: string;
let requests: string[];
/** By path, with a query where one is needed. */
let content: Map<string, unknown>;

beforeEach(async () => {
  content = new Map();
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.headers['if-none-match'] === undefined ? '' : 'if changed: '}${request.url}`);
    const found = content.get(request.url ?? '');
    if (found === undefined) response.writeHead(404).end();
    else if (found instanceof Uint8Array) serveBytes(request, response, found, `"${sha256(found)}"`);
    else if (typeof found === 'string') response.writeHead(200, { 'Content-Type': 'text/html' }).end(found);
    else json(response, found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/models/tiny`);
  cache = await mkdtemp(join(tmpdir(), 'asr-addresses-'));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(cache, { recursive: true, force: true });
});

const open = (url: URL | string = base, offline = false): Promise<ModelFiles> =>
  openModel(new URL(url), { download: { cache, offline } });

const read = async (files: ModelFiles, name: string): Promise<string> =>
  sha256(await (await files.open(name)).bytes());

const described = (bytes: Uint8Array) => ({ bytes: bytes.length, sha256: sha256(bytes) });

describe('a folder on a web server', () => {
  beforeEach(() => {
    content.set('/models/tiny/export.json', {
      version: 1,
      files: { 'config.json': described(CONFIG), 'onnx/model one.onnx': described(GRAPH) },
    });
    content.set('/models/tiny/config.json', CONFIG);
    content.set('/models/tiny/onnx/model%20one.onnx', GRAPH);
  });

  it('is read through its export.json, with and without a slash', async () => {
    for (const url of [base, new URL(`${base.href}/`), new URL(`${base.href}#part`)]) {
      const files = await open(url);
      expect(files.origin).toBe(`model at ${base.href}/`);
      expect(await files.list()).toEqual(['config.json', 'onnx/model one.onnx']);
      expect(files.sizes?.get('config.json')).toBe(CONFIG.length);
      expect(await read(files, 'onnx/model one.onnx')).toBe(sha256(GRAPH));
    }
    expect(requests.filter((url) => url.endsWith('.onnx'))).toHaveLength(1);
    expect(await read(await open(base, true), 'onnx/model one.onnx')).toBe(sha256(GRAPH));
  });

  it('is fetched anew where the checksum changed', async () => {
    await read(await open(), 'config.json');
    content.set('/models/tiny/config.json', GRAPH);
    content.set('/models/tiny/export.json', { files: { 'config.json': described(GRAPH) } });
    expect(await read(await open(), 'config.json')).toBe(sha256(GRAPH));
  });

  it('sends a signature along, and keeps it out of names and messages', async () => {
    content.set('/models/tiny/export.json?sig=abc', { files: ['config.json', 'gone.bin'] });
    content.set('/models/tiny/config.json?sig=abc', CONFIG);
    const files = await open(`${base.href}?sig=abc`);
    expect(files.origin).not.toContain('abc');
    expect(await read(files, 'config.json')).toBe(sha256(CONFIG));
    const error: unknown = await files.open('gone.bin').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(String(error)).not.toContain('abc');
  });

  it('asks whether a file without checksum changed', async () => {
    content.set('/models/tiny/export.json', { files: ['config.json'] });
    await read(await open(), 'config.json');
    requests.length = 0;
    expect(await read(await open(), 'config.json')).toBe(sha256(CONFIG));
    expect(requests).toEqual(['/models/tiny/export.json', 'if changed: /models/tiny/config.json']);
    content.set('/models/tiny/config.json', GRAPH);
    expect(await read(await open(), 'config.json')).toBe(sha256(GRAPH));
    expect(await read(await open(base, true), 'config.json')).toBe(sha256(GRAPH));
  });

  it.each<[unknown, string, RegExp]>([
    [undefined, 'MODEL_NOT_FOUND', /there is no export\.json at .*\/models\/tiny\/ .*urls:/u],
    ['<html>', 'DOWNLOAD_FAILED', /no JSON/u],
    [{}, 'MODEL_INVALID', /has no "files"/u],
    [{ files: { '../x': {} } }, 'MODEL_INVALID', /"\.\.\/x"/u],
    [{ files: ['/etc/passwd'] }, 'MODEL_INVALID', /is absolute/u],
    [{ files: { a: { bytes: -1 } } }, 'MODEL_INVALID', /"bytes" of a/u],
    [{ files: { a: { sha256: 'x' } } }, 'MODEL_INVALID', /"sha256"/u],
  ])('refuses the manifest %j', async (manifest, code, message) => {
    content.set('/models/tiny/export.json', manifest);
    await expect(open()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as unknown });
  });

  it('is an error offline when it was never fetched', async () => {
    await expect(open(base, true)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });
});

describe('addresses of files', () => {
  it('are fetched into the cache', async () => {
    content.set('/a/config.json', CONFIG);
    content.set('/b/model.onnx', GRAPH);
    const model = {
      name: 'mine',
      urls: { 'config.json': new URL('/a/config.json', base), 'model.onnx': new URL('/b/model.onnx', base) },
    };
    const files = await openModel(model, { download: { cache } });
    expect(await files.list()).toEqual(['config.json', 'model.onnx']);
    expect((await files.open('model.onnx')).path).toContain(cache);
    expect(await read(files, 'config.json')).toBe(sha256(CONFIG));
    const elsewhere = { name: 'mine', urls: { 'config.json': new URL('/b/model.onnx', base) } };
    expect(await read(await openModel(elsewhere, { download: { cache } }), 'config.json')).toBe(
      sha256(GRAPH),
    );
  });

  it('refuses web pages', async () => {
    content.set('/page', '<html>');
    const files = await openModel(
      { name: 'mine', urls: { 'model.onnx': new URL('/page', base) } },
      { download: { cache } },
    );
    await expect(files.open('model.onnx')).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('web page') as unknown,
    });
  });
});
