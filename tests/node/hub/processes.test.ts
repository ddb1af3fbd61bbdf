import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listCachedModels, verifyCachedModels } from '@org/asr-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HubServer, serveBytes, sha256 } from './hub-server.js';

const NAME = 'ada/tiny';
const GRAPH = 'model.onnx';
const CONTENT = new Uint8Array(2_000_000).map((_, i) => (i * i) % 253);

let hub: HubServer;
let cache: string;

beforeEach(async () => {
  hub = await HubServer.start();
  hub.models.set(NAME, { files: { [GRAPH]: CONTENT } });
  cache = await mkdtemp(join(tmpdir(), 'asr-processes-'));
});

afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(cache, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  /** Exit code (null when killed) and standard output. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

function fetchInProcess(): Run {
  const script = fileURLToPath(new URL('fetch-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, cache, hub.endpoint, NAME, GRAPH], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { child, ended };
}

/** Sends the first half and then nothing; what follows is served as usual. */
function stallOnce(): Promise<void> {
  return new Promise((resolve) => {
    hub.intercept = (request, response) => {
      if (!request.url?.includes('signature')) return false;
      hub.intercept = undefined;
      response.writeHead(200, {
        'Content-Length': CONTENT.length,
        ETag: `"${sha256(CONTENT).slice(0, 32)}"`,
      });
      response.write(CONTENT.subarray(0, 1_000_000), () => resolve());
      return true;
    };
  });
}

const cdnRequests = () => hub.downloads.filter(({ server }) => server === 'cdn');

it('leaves one good copy when processes fetch the same model at once', async () => {
  hub.intercept = async (request, response) => {
    if (!request.url?.includes('signature')) return false;
    // Long enough that the others meet the lock.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    serveBytes(request, response, CONTENT, '"etag"');
    return true;
  };
  const runs = await Promise.all([fetchInProcess().ended, fetchInProcess().ended, fetchInProcess().ended]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(new Set(runs.map(({ output }) => /^path (.+)$/mu.exec(output)?.[1])).size).toBe(1);
  expect(cdnRequests()).toHaveLength(1);
  const [model, ...others] = await listCachedModels({ cache });
  expect(others).toEqual([]);
  expect(model).toMatchObject({ files: [{ name: GRAPH, size: CONTENT.length }], unfinished: 0 });
  expect(await verifyCachedModels({ cache })).toEqual([]);
  // Nothing is left lying about: no locks, no parts.
  expect(await readdir(join(model!.folder, '..', 'partial'))).toEqual([]);
});

it('goes on after kill -9, and takes over the lock that was left', async () => {
  const stalled = stallOnce();
  const first = fetchInProcess();
  await stalled;
  // Until what was sent lies on the disk.
  await expect
    .poll(async () => (await listCachedModels({ cache }))[0]?.unfinished ?? 0, { timeout: 20_000 })
    .toBeGreaterThan(500_000);
  first.child.kill('SIGKILL');
  expect((await first.ended).code).toBeNull();
  const kept = (await listCachedModels({ cache }))[0]!.unfinished;

  const second = await fetchInProcess().ended;
  expect(second.code).toBe(0);
  expect(cdnRequests().at(-1)?.headers.range).toBe(`bytes=${kept}-`);
  const path = /^path (.+)$/mu.exec(second.output)?.[1];
  expect(sha256(await readFile(path!))).toBe(sha256(CONTENT));
});

it('lets the waiting process take over when the one that fetches is killed', async () => {
  const stalled = stallOnce();
  const first = fetchInProcess();
  await stalled;
  await expect
    .poll(async () => (await listCachedModels({ cache }))[0]?.unfinished ?? 0, { timeout: 20_000 })
    .toBeGreaterThan(500_000);
  const second = fetchInProcess();
  // Until the second has listed the model and waits for the file.
  await expect
    .poll(() => hub.requests.filter(({ url }) => url.includes('/revision/')).length, { timeout: 20_000 })
    .toBe(2);
  first.child.kill('SIGKILL');
  expect((await second.ended).code).toBe(0);
  expect(await verifyCachedModels({ cache })).toEqual([]);
});
