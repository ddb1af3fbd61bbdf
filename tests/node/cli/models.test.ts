/** Fetching, listing, verifying and removing models from the command line, with a hub on loopback. */
import { repositoryFile } from '@org/asr-testkit';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubServer, serveBytes, sha256 } from '../hub/hub-server.js';
import { startAsr, type ProcessResult } from './asr-process.js';
import { asr } from './run-cli.js';

const DIGITS = repositoryFile('tests/fixtures/digits-wav2vec2-ctc');
const CLIP = join(DIGITS, 'clip0_jackson.wav');
const NAME = 'ada/digits';

let hub: HubServer;
let cache: string;
let graph: Uint8Array;

beforeEach(async () => {
  hub = await HubServer.start();
  cache = await mkdtemp(join(tmpdir(), 'asr-cli-cache-'));
  const files: Record<string, Uint8Array> = {};
  for (const name of await readdir(DIGITS)) {
    if (/\.(?:json|onnx|md)$/u.test(name)) files[name] = await readFile(join(DIGITS, name));
  }
  graph = files['model.onnx']!;
  hub.models.set(NAME, { files });
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  vi.stubEnv('ASR_CACHE', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub[Symbol.asyncDispose]();
  await rm(cache, { recursive: true, force: true });
});

const host = () => new URL(hub.endpoint).host;
const cachedId = () => `${host()}/${NAME}@${hub.commit(NAME)}`;
const listed = async () =>
  JSON.parse((await asr(['models', 'list', '--json'])).stdout) as {
    readonly id: string;
    readonly unfinished: number;
    readonly files: readonly { readonly name: string }[];
  }[];

describe('asr models', () => {
  it('fetches what loading needs, which then needs no network', async () => {
    const fetched = await asr(['models', 'fetch', NAME]);
    expect(fetched).toMatchObject({ code: 0, stderr: '' });
    expect(fetched.stdout).toContain(hub.commit(NAME).slice(0, 10));
    const names = (await listed())[0]!.files.map(({ name }) => name);
    expect(names).toContain('model.onnx');
    expect(names).not.toContain('README.md');
    await hub[Symbol.asyncDispose]();
    const offline = await asr(['transcribe', CLIP, '-m', NAME, '--offline']);
    expect(offline).toEqual({ code: 0, stdout: 'TEWRO\n', stderr: '' });
    hub = await HubServer.start();
  });

  it('fetches all files when asked', async () => {
    await asr(['models', 'fetch', NAME, '--all']);
    expect((await listed())[0]!.files.map(({ name }) => name)).toContain('README.md');
  });

  it('lists as a table with a head for people', async () => {
    expect(await asr(['models', 'list'])).toEqual({
      code: 0,
      stdout: '',
      stderr: `${cache}: 0 models, 0 B\n`,
    });
    await asr(['models', 'fetch', NAME]);
    const { stdout, stderr } = await asr(['models', 'list']);
    expect(stderr).toBe(`${cache}: 1 model, 2.4 MB\n`);
    expect(stdout).toMatch(/^\S+@[0-9a-f]{40} {2}\d files {2}2\.4 MB\n$/u);
    expect(stdout).toContain(cachedId());
  });

  it('finds what a failing disk did, and fetches anew what was removed', async () => {
    await asr(['models', 'fetch', NAME]);
    expect(await asr(['models', 'verify'])).toMatchObject({
      code: 0,
      stdout: 'all files are as they were fetched\n',
    });
    const path = await cachedFile('model.onnx');
    const damaged = Uint8Array.from(graph);
    damaged[1000] = damaged[1000]! ^ 1;
    await writeFile(path, damaged);
    const { code, stdout } = await asr(['models', 'verify']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/model\.onnx {2}has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}\n$/u);
    const problems = JSON.parse((await asr(['models', 'verify', '--json'])).stdout) as unknown;
    expect(problems).toMatchObject([{ id: cachedId(), file: 'model.onnx' }]);
    expect(await asr(['models', 'remove', NAME])).toMatchObject({
      code: 0,
      stdout: `removed ${cachedId()}\n`,
    });
    await asr(['models', 'fetch', NAME]);
    expect(await asr(['models', 'verify'])).toMatchObject({ code: 0 });
  });

  it('removes by id or by owner and name, never by a part of a name', async () => {
    await asr(['models', 'fetch', NAME]);
    for (const id of ['digits', '', 'ada', 'x/digits', '../digits']) {
      const { code, stderr } = await asr(['models', 'remove', id]);
      expect({ id, code }).toEqual({ id, code: 1 });
      expect(stderr).toContain('is not in the cache');
    }
    expect(await asr(['models', 'remove', cachedId()])).toMatchObject({ code: 0 });
    expect(await listed()).toEqual([]);
  });

  it('uses another folder when told to', async () => {
    const other = await mkdtemp(join(tmpdir(), 'asr-cli-other-'));
    await asr(['models', 'fetch', NAME, '--cache', other]);
    expect(await listed()).toEqual([]);
    expect((await asr(['models', 'list', '--cache', other])).stdout).toContain(NAME);
    await rm(other, { recursive: true });
  });
});

describe('what fails', () => {
  it.each<[readonly string[], RegExp]>([
    [['ada/none'], /MODEL_NOT_FOUND.*ada\/none/u],
    [['ada/digits@nowhere'], /MODEL_NOT_FOUND.*nowhere/u],
    [['ada/digits', '--dtype', 'fp16'], /MODEL_NOT_FOUND|MODEL_UNSUPPORTED/u],
    [['ada/digits', '--offline'], /DOWNLOAD_FAILED.*not in the cache/u],
  ])('is one line with a code: fetch %j', async (args, message) => {
    const { code, stdout, stderr } = await asr(['models', 'fetch', ...args]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('a hostile name is refused and writes nothing outside of the cache', async () => {
    hub.models.set('eve/evil', {
      files: { 'config.json': new Uint8Array(2), '../../../evil.onnx': new Uint8Array(9) },
    });
    const before = await readdir(join(cache, '..'));
    const { code, stderr } = await asr(['models', 'fetch', 'eve/evil', '--all']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/MODEL_INVALID: .*evil\.onnx/u);
    expect((await readdir(join(cache, '..'))).filter((name) => name.includes('evil'))).toEqual(
      before.filter((name) => name.includes('evil')),
    );
  });
});

describe('processes', () => {
  const options = () => ({ cwd: cache, env: { HF_ENDPOINT: hub.endpoint, ASR_CACHE: cache } });

  it('that fetch one model at once end with one good copy', async () => {
    hub.intercept = async (request, response) => {
      if (!request.url?.includes('signature') || !request.url.includes('model.onnx')) return false;
      // Long enough that the other meets the lock.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      serveBytes(request, response, graph, '"etag"');
      return true;
    };
    const runs = [0, 1].map(() => startAsr(['models', 'fetch', NAME], options()).ended);
    expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([0, 0]);
    expect(
      hub.downloads.filter(({ url }) => url.includes('model.onnx') && url.includes('signature')),
    ).toHaveLength(1);
    expect(await asr(['models', 'verify'])).toMatchObject({ code: 0 });
    expect(await listed()).toMatchObject([{ id: cachedId(), unfinished: 0 }]);
  });

  /** Sends a part of the graph and then nothing; what follows is served as usual. */
  function stallOnce(bytes: number): void {
    hub.intercept = (request, response) => {
      if (!request.url?.includes('signature') || !request.url.includes('model.onnx')) return false;
      hub.intercept = undefined;
      response.writeHead(200, {
        'Content-Length': graph.length,
        ETag: `"${sha256(graph).slice(0, 32)}"`,
      });
      response.write(graph.subarray(0, bytes));
      return true;
    };
  }
  const unfinished = async () => (await listed())[0]?.unfinished ?? 0;
  const graphRequests = () =>
    hub.downloads.filter(({ server, url }) => server === 'cdn' && url.includes('model.onnx'));

  it.each<[NodeJS.Signals, Partial<ProcessResult>]>([
    ['SIGKILL', { code: null }],
    ['SIGINT', { code: 130, stderr: 'asr: stopped by SIGINT\n' }],
    ['SIGTERM', { code: 143, stderr: 'asr: stopped by SIGTERM\n' }],
  ])(
    'that are ended by %s leave what they had, and the next one goes on from there',
    async (signal, result) => {
      stallOnce(1_200_000);
      const ended = startAsr(['models', 'fetch', NAME], options());
      await expect.poll(unfinished, { timeout: 30_000 }).toBe(1_200_000);
      ended.child.kill(signal);
      expect(await ended.ended).toMatchObject(result);
      expect(await startAsr(['models', 'fetch', NAME], options()).ended).toMatchObject({ code: 0 });
      expect(graphRequests().map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=1200000-']);
      expect(await asr(['models', 'verify'])).toMatchObject({ code: 0 });
    },
  );
});

async function cachedFile(name: string): Promise<string> {
  const [model] = JSON.parse((await asr(['models', 'list', '--json'])).stdout) as {
    readonly folder: string;
  }[];
  return join(model!.folder, name);
}
