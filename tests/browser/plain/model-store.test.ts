import { digestBytes } from '@org/asr-core';
import type { LoadProgress, ModelFile, OpenModelOptions } from '@org/asr-core';
import { listCachedModels, modelFromFolder, openModel, removeCachedModel } from '@org/asr-web';
import { cdp } from 'vitest/browser';
import { CacheStore } from '../../../packages/web/src/store/cache-store.js';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';

const endpoint = inject('hub');
/** Playwright's; Vitest leaves the type to the provider. */
const devtools = cdp() as unknown as { send(method: string, parameters: object): Promise<unknown> };
const GRAPH = 'onnx/encoder.onnx';
const SIZE = 20 * 2 ** 20;
const MIB = 2 ** 20;
/** `(i * i) % 251`, as tests/setup/browser-hub.ts serves it; its checksum by Python's hashlib. */
const SHA256 = '4ba728cf88d22410c1d45454d1939ee20c46c9f834d86590d23804039ca3bf5f';

interface Seen {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function control(command: string): Promise<readonly Seen[]> {
  return (await (await fetch(`${endpoint}/control/${command}`)).json()) as readonly Seen[];
}

const download = { endpoint };

async function openGraph(options: OpenModelOptions = {}): Promise<ModelFile> {
  const files = await openModel('ada/tiny', { ...options, download: { ...download, ...options.download } });
  return files.open(GRAPH, options.signal);
}

async function largeRequests(): Promise<readonly Seen[]> {
  return (await control('requests')).filter(({ url }) => url.includes('signature'));
}

async function checksum(file: ModelFile): Promise<string> {
  return digestBytes(await file.bytes(), 'sha256');
}

beforeEach(() => control('reset'));
afterEach(async () => {
  await caches.delete('asr-models');
});

// First of all: what other tests have removed goes on counting for a while.
describe('a browser without room', () => {
  /** Leaves this much beside what is used now; without a number, what the machine has. */
  const leaveRoom = (bytes?: number): Promise<unknown> =>
    devtools.send('Storage.overrideQuotaForOrigin', {
      origin: globalThis.location.origin,
      ...(bytes !== undefined && { quotaSize: bytes }),
    });
  afterEach(() => leaveRoom());

  it('says how much is needed and available before it fetches', async () => {
    // Chromium's own estimate is no less than 10 GiB, whatever the quota.
    const estimate = vi
      .spyOn(navigator.storage, 'estimate')
      .mockResolvedValue({ quota: 30 * MIB, usage: 25 * MIB });
    await expect(openGraph()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/20\.0 MiB needed, 5\.0 MiB available to this site.*removeCachedModel/),
    });
    estimate.mockRestore();
    expect(await largeRequests()).toEqual([]);
  });

  it('says it when the room ends on the way', async () => {
    await leaveRoom(5 * MIB);
    const store = await CacheStore.open('asr-models');
    const reservation = await store.reserve('some model', 'of unknown size');
    await expect(reservation.append(new Uint8Array(12 * MIB))).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      // With what other tests have left, there is no room even for the note of what is begun, whose size nobody states.
      message: expect.stringMatching(
        /of unknown size has no room in the browser's storage \((12\.0 MiB needed|its quota is used up)\)/,
      ),
      cause: expect.objectContaining({ name: 'QuotaExceededError' }),
    });
    await reservation.release();
  });
});

describe('the store of models', () => {
  it('fetches a file of the hub once, verified, and tells how far it is', async () => {
    const progress: LoadProgress[] = [];
    const file = await openGraph({ onProgress: (event) => progress.push(event) });
    expect(file).toMatchObject({ name: GRAPH, size: SIZE });
    expect(await checksum(file)).toBe(SHA256);
    expect(progress.at(-1)).toEqual({ type: 'download', file: GRAPH, loaded: SIZE, total: SIZE });
    await openGraph();
    expect(await largeRequests()).toHaveLength(1);
  });

  it('serves what it has when the hub is down, and says so', async () => {
    await openGraph();
    await control('down');
    const files = await openModel('ada/tiny', { download: { ...download, offline: true } });
    expect(files.origin).toContain('offline');
    expect(await checksum(await files.open(GRAPH))).toBe(SHA256);
  });

  it('continues after a cut connection', async () => {
    await control(`cut/${12 * MIB}`);
    expect(await checksum(await openGraph())).toBe(SHA256);
    const [first, second, ...others] = (await largeRequests()).map(({ headers }) => headers['range']);
    expect([first, others]).toEqual([undefined, []]);
    // What lay in the connection's buffers when it was cut is lost, and a busy machine lets them fill.
    const start = Number(/^bytes=(\d+)-$/.exec(second!)?.[1]);
    expect(start).toBeGreaterThan(0);
    expect(start).toBeLessThanOrEqual(12 * MIB);
  });

  it('continues what an earlier page has begun', async () => {
    // How much of it has come when the connection is cut is chance.
    const controller = new AbortController();
    const onProgress = (event: LoadProgress): void => {
      if (event.type === 'download' && event.loaded > 0) controller.abort(new Error('closed'));
    };
    await control(`cut/${10 * MIB}`);
    await expect(openGraph({ signal: controller.signal, onProgress })).rejects.toThrow('closed');
    const [model] = await listCachedModels();
    expect(model).toMatchObject({ files: [], size: 0 });
    expect(model!.unfinished).toBeGreaterThan(0);
    expect(await checksum(await openGraph())).toBe(SHA256);
    expect((await largeRequests()).at(-1)?.headers['range']).toBe(`bytes=${model!.unfinished}-`);
  });

  it('tries a damaged file once more and then keeps nothing of it', async () => {
    await control('damage');
    expect(await checksum(await openGraph())).toBe(SHA256);
    await removeCachedModel('ada/tiny');
    await control('damage');
    await control('damage');
    await expect(openGraph()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining(SHA256),
    });
    expect((await listCachedModels()).flatMap(({ files }) => files)).toEqual([]);
  });

  it('fetches once for two tabs', async () => {
    const files = await Promise.all([openGraph(), openGraph()]);
    expect(await Promise.all(files.map(checksum))).toEqual([SHA256, SHA256]);
    expect(await largeRequests()).toHaveLength(1);
  });

  it('lists and removes models with all their content', async () => {
    const file = await openGraph();
    const models = await listCachedModels();
    expect(models).toEqual([
      {
        id: expect.stringMatching(/ada\/tiny@[0-9a-f]{40}$/),
        files: [{ name: GRAPH, size: SIZE }],
        size: SIZE,
        unfinished: 0,
      },
    ]);
    expect(await removeCachedModel('ada/tiny')).toEqual([models[0]!.id]);
    expect(await listCachedModels()).toEqual([]);
    expect(await (await caches.open('asr-models')).keys()).toEqual([]);
    await expect(file.bytes()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(await removeCachedModel('ada/tiny')).toEqual([]);
  });

  it('keeps caches of other names apart, and nothing when told so', async () => {
    await openGraph({ download: { cache: 'other' } });
    await openGraph({ download: { cache: false } });
    expect(await listCachedModels()).toEqual([]);
    expect(await listCachedModels({ cache: 'other' })).toHaveLength(1);
    await caches.delete('other');
  });
});

describe('a model that the user has', () => {
  const file = (path: string): File => {
    const made = new File([path], path.split('/').at(-1)!);
    Object.defineProperty(made, 'webkitRelativePath', { value: path });
    return made;
  };

  it('is opened from chosen files', async () => {
    const source = await modelFromFolder([file('tiny/config.json'), file('tiny/onnx/encoder.onnx')]);
    const files = await openModel(source);
    expect(await files.list()).toEqual(['config.json', 'onnx/encoder.onnx']);
    const bytes = await (await files.open('config.json')).bytes();
    expect(new TextDecoder().decode(bytes)).toBe('tiny/config.json');
  });

  it('is opened from a folder of handles', async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('tiny', { create: true });
    const inner = await folder.getDirectoryHandle('onnx', { create: true });
    await inner.getFileHandle('encoder.onnx', { create: true });
    await folder.getFileHandle('config.json', { create: true });
    const { files } = await modelFromFolder(folder);
    expect(Object.keys(files).toSorted()).toEqual(['config.json', 'onnx/encoder.onnx']);
    await root.removeEntry('tiny', { recursive: true });
  });

  it('is opened from a drop', async () => {
    const drop = new DataTransfer();
    drop.items.add(new File(['{}'], 'config.json'));
    drop.items.add(new File(['x'], 'encoder.onnx'));
    expect(Object.keys((await modelFromFolder(drop)).files)).toEqual(['config.json', 'encoder.onnx']);
  });

  it('needs files', async () => {
    await expect(modelFromFolder([])).rejects.toThrow(TypeError);
  });
});
