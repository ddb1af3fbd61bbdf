import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '@org/asr-node';
import type { LoadProgress } from '@org/asr-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
