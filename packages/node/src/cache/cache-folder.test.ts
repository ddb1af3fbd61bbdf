import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheFolderOf, openModelStore } from './cache-folder.js';
import type { CacheEnvironment } from './cache-folder.js';

const environment = (changes: Partial<CacheEnvironment>): CacheEnvironment => ({
  env: {},
  platform: 'linux',
  home: () => '/home/ada',
  temporary: tmpdir,
  ...changes,
});

describe('cacheFolderOf', () => {
  it.each<[string, Partial<CacheEnvironment>]>([
    ['/home/ada/.cache/asr-models', {}],
    ['/x/asr-models', { env: { XDG_CACHE_HOME: '/x' } }],
    ['/home/ada/.cache/asr-models', { env: { XDG_CACHE_HOME: 'relative' } }],
    ['/home/ada/.cache/asr-models', { env: { XDG_CACHE_HOME: '' } }],
    ['/home/ada/Library/Caches/asr-models', { platform: 'darwin' }],
    ['/data/asr-models', { platform: 'win32', env: { LOCALAPPDATA: '/data' } }],
    ['/home/ada/AppData/Local/asr-models', { platform: 'win32' }],
    ['/models', { env: { ASR_CACHE: '/models', XDG_CACHE_HOME: '/x' } }],
  ])('is %s', (folder, changes) => {
    expect(cacheFolderOf(environment(changes))).toBe(folder);
  });
});

describe('openModelStore', () => {
  let root: string;
  /** A file where the folder should be: it can't be written, by root neither. */
  let blocked: string;
  const file = { name: 'config.json', size: 2 };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'asr-cache-'));
    blocked = join(root, 'file');
    await writeFile(blocked, '');
    await mkdir(join(root, 'tmp'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('uses the folder that was asked for, and says what to do when it cannot be written', async () => {
    const store = await openModelStore(join(blocked, 'cache'), environment({}));
    expect(store.note).toBeUndefined();
    expect(await store.find('m', file)).toBeUndefined();
    await expect(store.reserve('m', 'config.json')).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/can't be written: ENOTDIR.*ASR_CACHE/u) as unknown,
    });
  });

  it('falls back to the temporary folder, and says so', async () => {
    const home = (): string => blocked;
    const temporary = (): string => join(root, 'tmp');
    const store = await openModelStore(undefined, environment({ home, temporary }));
    expect(store.location).toMatch(/^folder .*tmp[/\\]asr-models-/u);
    expect(store.note).toMatch(/kept in .*: .*asr-models can't be written \(ENOTDIR\); set ASR_CACHE/u);
    const reservation = await store.reserve('m', 'config.json');
    await reservation.append(Uint8Array.of(1, 2));
    expect(await reservation.finish(file)).toMatchObject({ size: 2 });
    await reservation.release();
    expect(await store.find('m', file)).toMatchObject({ size: 2 });
  });

  it('falls back to memory where nothing can be written', async () => {
    const nowhere = (): string => blocked;
    const store = await openModelStore(undefined, environment({ home: nowhere, temporary: nowhere }));
    expect(store.location).toBe('memory');
    expect(store.note).toMatch(/kept in memory: .*ENOTDIR/u);
  });

  it('does without a home', async () => {
    const home = (): string => {
      throw new Error('no such user');
    };
    const temporary = (): string => join(root, 'tmp');
    const store = await openModelStore(undefined, environment({ home, temporary }));
    expect(store.note).toContain('no such user');
  });

  it('finds what a folder holds that cannot be written any more', async () => {
    const home = join(root, 'home');
    const usual = await openModelStore(undefined, environment({ home: () => home }));
    const reservation = await usual.reserve('m', 'config.json');
    await reservation.append(Uint8Array.of(1, 2));
    await reservation.finish(file);
    await reservation.release();
    await usual.writeRecord('key', 'm', { a: 1 });
    const { withReadOnlyBase } = await import('./layered-store.js');
    const layered = withReadOnlyBase(await openModelStore(false), usual);
    expect(await layered.find('m', file)).toMatchObject({ size: 2 });
    expect(await layered.readRecord('key')).toEqual({ a: 1 });
    await layered.writeRecord('key', 'm', { a: 2 });
    expect(await layered.readRecord('key')).toEqual({ a: 2 });
    expect(await usual.readRecord('key')).toEqual({ a: 1 });
  });

  it('refuses what is no folder', async () => {
    await expect(openModelStore(5 as unknown as string, environment({}))).rejects.toThrow(TypeError);
  });
});
