import { describe, expect, it } from 'vitest';
import { memoryFiles } from './memory-files.js';

const files = memoryFiles({
  files: {
    'onnx/model.onnx': Uint8Array.of(0, 1, 2, 3).subarray(1),
    'config.json': new Blob(['{}']),
    'vocab.bin': Uint8Array.of(7).buffer,
  },
});

describe('memoryFiles', () => {
  it('lists names in order and says where they are', async () => {
    expect(files.origin).toBe('3 files in memory');
    expect(await files.list()).toEqual(['config.json', 'onnx/model.onnx', 'vocab.bin']);
  });

  it.each([
    ['onnx/model.onnx', [1, 2, 3]],
    ['config.json', [0x7b, 0x7d]],
    ['vocab.bin', [7]],
  ])('opens %s', async (name, expected) => {
    const file = await files.open(name);
    expect(file).toMatchObject({ name, size: expected.length });
    expect([...(await file.bytes())]).toEqual(expected);
  });

  it.each(['model.onnx', 'toString'])('rejects %s, and says what there is', async (name) => {
    await expect(files.open(name)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: `3 files in memory: there is no ${name}; there are: config.json, onnx/model.onnx, vocab.bin`,
    });
  });

  it('heeds the signal', async () => {
    const reason = new Error('stop');
    const file = await files.open('config.json');
    await expect(file.bytes(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('refuses what holds no bytes', () => {
    const wrong = { 'a.json': '{}' } as unknown as Record<string, Uint8Array>;
    expect(() => memoryFiles({ files: wrong })).toThrow(
      'files["a.json"] must be a Uint8Array, ArrayBuffer or Blob, got String',
    );
  });
});
