import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AsrError, createNodeBackend, createTensor, loadModel, openModel } from '@org/asr-node';
import type { LoadProgress, ModelFile } from '@org/asr-node';
import { externalDataFile, onnxGraph } from '@org/asr-testkit';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { HubServer } from './hub-server.js';

const MODEL = fileURLToPath(new URL('../../../packages/model-whisper-tiny-en/model/', import.meta.url));
const AUDIO = fileURLToPath(new URL('../../fixtures/audio/jfk.wav', import.meta.url));

let hub: HubServer;
let cache: string;

beforeAll(async () => {
  hub = await HubServer.start();
  cache = await mkdtemp(join(tmpdir(), 'asr-load-'));
  const files: Record<string, Uint8Array> = { 'unused.bin': new Uint8Array(5000) };
  for (const name of await readdir(MODEL)) files[name] = await readFile(join(MODEL, name));
  hub.models.set('ada/whisper-tiny.en', { files });
});

afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(cache, { recursive: true, force: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

it('takes token and address of a hub from the environment; other servers get no token', async () => {
  const files = { 'config.json': new TextEncoder().encode('{"model_type":"whisper"}') };
  hub.models.set('ada/private', { files, token: 'hf_environment' });
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  await expect(openModel('ada/private', { download: { cache } })).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
  });
  vi.stubEnv('HF_TOKEN', 'hf_environment');
  hub.requests.length = 0;
  expect(await (await openModel('ada/private', { download: { cache } })).list()).toEqual(['config.json']);
  for (const { headers } of hub.requests) expect(headers.authorization).toBe('Bearer hf_environment');
  // What is passed counts more.
  const other = { cache, token: 'hf_other' };
  await expect(openModel('ada/private', { download: other })).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
  });
  hub.requests.length = 0;
  const elsewhere = new URL('/models/tiny/', hub.cdn);
  const opening = openModel(elsewhere, { download: { cache } }).then((opened) => opened.open('config.json'));
  await expect(opening).rejects.toSatisfy((error) => AsrError.isInstance(error));
  expect(hub.requests.length).toBeGreaterThan(0);
  for (const { headers } of hub.requests) expect(headers.authorization).toBeUndefined();
});

it('loads and runs a model of a hub, and the second time without fetching', async () => {
  const reports: LoadProgress[] = [];
  const load = (offline: boolean) =>
    loadModel('ada/whisper-tiny.en', {
      download: { endpoint: hub.endpoint, cache, offline },
      onProgress: (progress) => reports.push(progress),
    });
  {
    await using model = await load(false);
    expect(model.info.origin).toContain('hub model ada/whisper-tiny.en@main (commit ');
    const { text } = await model.transcribe(AUDIO);
    expect(text).toMatch(/ask not what your country can do for you/iu);
  }
  const fetched = new Set(reports.flatMap((report) => (report.type === 'download' ? [report.file] : [])));
  expect(fetched).toContain('encoder.onnx');
  expect(fetched).not.toContain('unused.bin');
  hub.requests.length = 0;
  await using again = await load(true);
  expect(again.info.layout).toBe('fast');
  expect(hub.requests).toEqual([]);
});

it('lays weights that a graph keeps in a file of their own where ONNX Runtime finds them', async () => {
  const name = 'ada/external';
  const files = {
    'onnx/external.onnx': await onnxGraph('external').bytes(),
    'onnx/external.onnx.data': await externalDataFile().bytes(),
    'onnx/external_fp16.onnx': new Uint8Array(2000),
  };
  hub.models.set(name, { files });
  const opened = await openModel(name, { download: { endpoint: hub.endpoint, cache } });
  // By path alone: neither is read into memory.
  const open = async (file: string): Promise<ModelFile> => ({
    ...(await opened.open(file)),
    bytes: () => Promise.reject(new Error(`${file} was read`)),
  });
  await using backend = await createNodeBackend();
  const session = await backend.createSession(await open('onnx/external.onnx'), {
    externalData: [await open('onnx/external.onnx.data')],
  });
  const { y } = await session.run({ x: createTensor('float32', new Float32Array(4), [4]) });
  expect([...((await y!.read()) as Float32Array)]).toEqual([10, 20, 30, 40]);
  y!.dispose();
  await session.dispose();
  expect(hub.downloads.some(({ url }) => url.includes('fp16'))).toBe(false);
});
