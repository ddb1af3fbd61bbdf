import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModelSource } from '@org/asr-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from './files.js';

let root: string;
let model: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'asr-files-')));
  model = join(root, 'model');
  await mkdir(join(model, 'onnx', 'deep'), { recursive: true });
  await mkdir(join(model, '.git'));
  await writeFile(join(model, 'config.json'), '{"a":1}');
  await writeFile(join(model, 'onnx', 'deep', 'model.onnx'), 'graph');
  await writeFile(join(model, '.git', 'HEAD'), 'ref');
  await writeFile(join(root, 'secret.txt'), 'secret');
  await symlink('../../secret.txt', join(model, 'onnx', 'linked.onnx'));
  await symlink(root, join(model, 'up'));
  await symlink('nowhere', join(model, 'dangling'));
});

afterAll(() => rm(root, { recursive: true }));

describe('openModel on a folder', () => {
  it('lists files of all depths, linked files included, linked folders and dot files not', async () => {
    const files = await openModel({ path: model });
    expect(files.origin).toBe(`folder ${model}`);
    expect(await files.list()).toEqual(['config.json', 'onnx/deep/model.onnx', 'onnx/linked.onnx']);
  });

  it('opens files by path', async () => {
    for (const source of [{ path: model }, pathToFileURL(model), pathToFileURL(`${model}/`)]) {
      const files = await openModel(source);
      const file = await files.open('onnx/deep/model.onnx');
      expect(file).toMatchObject({
        name: 'onnx/deep/model.onnx',
        size: 5,
        path: join(model, 'onnx', 'deep', 'model.onnx'),
      });
      expect(new TextDecoder().decode(await file.bytes())).toBe('graph');
    }
    const linked = await (await openModel({ path: model })).open('onnx/linked.onnx');
    expect(new TextDecoder().decode(await linked.bytes())).toBe('secret');
  });

  it.each([
    'missing.onnx',
    '../secret.txt',
    'onnx/../../secret.txt',
    '/etc/hostname',
    'up/secret.txt',
    'onnx',
    '.',
    '',
  ])('has no file %j', async (name) => {
    const files = await openModel({ path: model });
    await expect(files.open(name)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('config.json') as unknown,
    });
  });

  it('rejects what is no folder', async () => {
    const rejected = { code: 'MODEL_NOT_FOUND' };
    await expect(openModel({ path: join(root, 'none') })).rejects.toMatchObject(rejected);
    await expect(openModel({ path: join(root, 'secret.txt') })).rejects.toMatchObject(rejected);
    await expect(openModel({ path: join(root, 'secret.txt', 'x') })).rejects.toMatchObject(rejected);
  });

  it('heeds the signal', async () => {
    const reason = new Error('stop');
    const signal = AbortSignal.abort(reason);
    await expect(openModel({ path: model }, { signal })).rejects.toBe(reason);
    const files = await openModel({ path: model });
    await expect(files.list(signal)).rejects.toBe(reason);
    await expect((await files.open('config.json')).bytes(signal)).rejects.toBe(reason);
    const controller = new AbortController();
    const reading = (await files.open('config.json')).bytes(controller.signal);
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('says what is gone when a file vanished after it was opened', async () => {
    const path = join(model, 'fleeting.json');
    await writeFile(path, '{}');
    const file = await (await openModel({ path: model })).open('fleeting.json');
    await rm(path);
    await expect(file.bytes()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it.runIf(process.platform === 'linux')('leaves no file open', async () => {
    const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
    const files = await openModel({ path: model });
    const pass = async (): Promise<void> => {
      for (const name of await files.list()) await (await files.open(name)).bytes();
      await files.open('missing').catch(() => {});
    };
    await pass();
    const before = await openFiles();
    for (let round = 0; round < 100; round++) await pass();
    expect(await openFiles()).toBe(before);
  });
});

describe('openModel on other sources', () => {
  it('opens files in memory', async () => {
    const files = await openModel({ files: { 'a.json': new Blob(['{}']) } });
    expect(await files.list()).toEqual(['a.json']);
  });

  it('opens packaged models by path', async () => {
    const url = pathToFileURL(join(model, 'config.json'));
    const files = await openModel({
      name: 'tiny',
      urls: { 'config.json': url, 'gone.onnx': new URL('file:///gone') },
    });
    expect(files.origin).toBe('model tiny');
    expect(await files.list()).toEqual(['config.json', 'gone.onnx']);
    expect(await files.open('config.json')).toMatchObject({ size: 7, path: join(model, 'config.json') });
    await expect(files.open('other.json')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(files.open('gone.onnx')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('/gone') as unknown,
    });
  });

  it.each<[string, ModelSource]>([
    ['./models/tiny', './models/tiny'],
    ['{ path: "tiny" }', 'tiny'],
    ['{ path:', 'a/b/c'],
    ['owner/name@revision', 'a/b@../c'],
  ])('says what to use instead (%s)', async (word, source) => {
    await expect(openModel(source)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining(word) as unknown,
    });
  });

  it('refuses addresses that it cannot fetch', async () => {
    await expect(openModel(new URL('ftp://example.org/tiny/'))).rejects.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      message: expect.stringContaining('ftp:') as unknown,
    });
  });

  it.each<unknown>([undefined, null, 5, {}])('refuses %j', async (source) => {
    await expect(openModel(source as ModelSource)).rejects.toThrow(TypeError);
  });
});
