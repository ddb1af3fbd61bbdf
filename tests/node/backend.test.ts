import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTensor } from '@org/asr-core';
import type { InferenceBackend, ModelFile, Tensor } from '@org/asr-core';
import { createNodeBackend, createWorkerBackend, openModel } from '@org/asr-node';
import type { NodeBackend } from '@org/asr-node';
import { describeBackend, externalDataFile, memoryFile, onnxGraph } from '@org/asr-testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BACKENDS = [
  { name: 'onnxruntime-node', create: createNodeBackend },
  { name: 'onnxruntime-node in a worker thread', create: createWorkerBackend },
];

for (const { name, create } of BACKENDS) {
  describeBackend(name, {
    create,
    defaultProvider: 'cpu',
    missingProvider: process.platform === 'linux' ? 'dml' : 'tensorrt',
    liveTensors: (backend) => (backend as NodeBackend).liveTensors,
  });
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-backend-'));
  const [graph, data] = [await onnxGraph('external').bytes(), await externalDataFile().bytes()];
  const write = async (at: string, bytes: Uint8Array | string): Promise<void> => {
    await mkdir(join(folder, at, '..'), { recursive: true });
    await writeFile(join(folder, at), bytes);
  };
  await write('beside/onnx/external.onnx', graph);
  await write('beside/onnx/external.onnx.data', data);
  // As the cache of huggingface_hub lays a model out.
  await write('cache/blobs/aaa', graph);
  await write('cache/blobs/bbb', data);
  await mkdir(join(folder, 'cache/snapshot'));
  await symlink('../blobs/aaa', join(folder, 'cache/snapshot/external.onnx'));
  await symlink('../blobs/bbb', join(folder, 'cache/snapshot/external.onnx.data'));
  // ONNX Runtime itself refuses this one.
  await write('linked/external.onnx', graph);
  await symlink(join(folder, 'cache/blobs/bbb'), join(folder, 'linked/external.onnx.data'));
  await write('broken/pointer.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n');
  await write('broken/page.onnx', '<!DOCTYPE html><html><body>Not found</body></html>');
  await write('broken/empty.onnx', '');
  await write('broken/truncated.onnx', graph.subarray(0, 40));
  await write('broken/external.onnx', graph);
  await write('broken/external.onnx.data', data.subarray(0, 8));
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(BACKENDS)('models by path: $name', ({ create }) => {
  let backend: InferenceBackend;
  beforeAll(async () => {
    backend = await create();
  });
  afterAll(() => backend.dispose());

  /** A file that fails if its bytes are asked for. */
  async function byPathOnly(at: string, name: string): Promise<ModelFile> {
    const file = await (await openModel({ path: join(folder, at) })).open(name);
    return { ...file, bytes: () => Promise.reject(new Error(`${name} was read`)) };
  }

  async function runExternal(graph: ModelFile, externalData: readonly ModelFile[] = []): Promise<unknown> {
    const session = await backend.createSession(graph, { externalData });
    const { y } = await session.run({ x: createTensor('float32', new Float32Array(4), [4]) });
    const result = [...((await y!.read()) as Float32Array)];
    y!.dispose();
    await session.dispose();
    return result;
  }

  it.each(['beside/onnx', 'cache/snapshot'])(
    'lets the runtime read graph and external data in %s',
    async (at) => {
      const files = [
        await byPathOnly(at, 'external.onnx'),
        await byPathOnly(at, 'external.onnx.data'),
      ] as const;
      expect(await runExternal(files[0], [files[1]])).toEqual([10, 20, 30, 40]);
      expect(await runExternal(files[0])).toEqual([10, 20, 30, 40]);
    },
  );

  it('finds external data in a sub-folder by the name the graph uses', async () => {
    const files = await openModel({ path: join(folder, 'beside') });
    const [graph, data] = [
      await files.open('onnx/external.onnx'),
      await files.open('onnx/external.onnx.data'),
    ];
    expect(await runExternal(graph, [data])).toEqual([10, 20, 30, 40]);
    const inMemory = {
      graph: memoryFile('onnx/external.onnx', await graph.bytes()),
      data: memoryFile('onnx/external.onnx.data', await data.bytes()),
    };
    expect(await runExternal(inMemory.graph, [inMemory.data])).toEqual([10, 20, 30, 40]);
    expect(await runExternal(graph, [inMemory.data])).toEqual([10, 20, 30, 40]);
  });

  it('reads external data that the runtime would refuse', async () => {
    const graph = await byPathOnly('linked', 'external.onnx');
    const data = await (await openModel({ path: join(folder, 'linked') })).open('external.onnx.data');
    expect(await runExternal(graph, [data])).toEqual([10, 20, 30, 40]);
  });

  it.each([
    ['pointer.onnx', 'Git LFS'],
    ['page.onnx', 'web page'],
    ['empty.onnx', 'empty'],
    ['truncated.onnx', 'truncated.onnx'],
    ['external.onnx', 'external.onnx'],
  ])('says what is wrong with %s', async (name, word) => {
    const file = await (await openModel({ path: join(folder, 'broken') })).open(name);
    await expect(backend.createSession(file)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(word) as unknown,
    });
  });

  it('keeps what was read, whatever is disposed', async () => {
    const session = await backend.createSession(onnxGraph('identity-float32'));
    const x = createTensor(
      'float32',
      Float32Array.from({ length: 4096 }, (_, i) => i),
      [4096],
    );
    const { y } = await session.run({ x });
    const data = (await y!.read()) as Float32Array;
    y!.dispose();
    expect(data).toHaveLength(4096);
    expect(data[4095]).toBe(4095);
    // A tensor that a run was started with may be disposed before the run is over.
    const { y: unread } = await session.run({ x });
    const run = session.run({ x: unread! });
    unread!.dispose();
    const { y: again } = await run;
    expect(((await again!.read()) as Float32Array)[4095]).toBe(4095);
    again!.dispose();
    await session.dispose();
  });

  it.each(['float16', 'float32'] as const)('refuses %s tensors in the wrong array', async (type) => {
    const session = await backend.createSession(onnxGraph(`identity-${type}`));
    const data = new Int32Array(2);
    const x = {
      type,
      dims: [2],
      location: 'cpu',
      data,
      read: () => Promise.resolve(data),
      dispose: () => {},
    };
    await expect(session.run({ x: x as unknown as Tensor })).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
      message: expect.stringContaining('"x"') as unknown,
    });
    await session.dispose();
  });

  it('says when a file is gone', async () => {
    const path = join(folder, 'gone.onnx');
    const file = { name: 'gone.onnx', path, bytes: () => Promise.reject(new Error('not read')) };
    await expect(backend.createSession(file)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    const graph = await byPathOnly('beside/onnx', 'external.onnx');
    await writeFile(join(folder, 'beside/fleeting.data'), '');
    const gone = await (await openModel({ path: join(folder, 'beside') })).open('fleeting.data');
    await rm(join(folder, 'beside/fleeting.data'));
    const opening = backend.createSession(graph, { externalData: [gone] });
    await expect(opening).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it.runIf(process.platform === 'linux')('opens no handles for good', async () => {
    const file = await (await openModel({ path: join(folder, 'beside') })).open('onnx/external.onnx');
    const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
    await runExternal(file);
    const before = await openFiles();
    for (let round = 0; round < 50; round++) await runExternal(file);
    expect(await openFiles()).toBe(before);
  });
});

it('frees what nobody has read without waiting for the garbage collector', async () => {
  const backend = await createNodeBackend();
  const session = await backend.createSession(onnxGraph('identity-float32'));
  let x: Tensor = createTensor('float32', new Float32Array(1 << 20), [1 << 20]);
  const before = process.memoryUsage().arrayBuffers;
  // As a decoder does with its keys and values: 80 MB in all, of which 4 are alive.
  for (let step = 0; step < 20; step++) {
    const { y } = await session.run({ x });
    x.dispose();
    x = y!;
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6);
  x.dispose();
  await backend.dispose();
});
