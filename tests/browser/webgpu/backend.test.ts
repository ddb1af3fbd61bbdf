import { describeBackend } from '@org/asr-testkit/describe-backend';
import { createTensor } from '@org/asr-core';
import { onnxGraph } from '@org/asr-testkit/graphs';
import { createWebGpuBackend } from '@org/asr-web/webgpu';
import type { WebGpuBackend } from '@org/asr-web/webgpu';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { gpu, spyOnDevices } from './spy-on-devices.js';

describeBackend('onnxruntime-web/webgpu', {
  create: () => createWebGpuBackend(),
  defaultProvider: 'webgpu',
  missingProvider: 'cuda',
  // A software GPU takes 14 ms for each.
  slowIterations: 100,
  liveTensors: (backend) => (backend as WebGpuBackend).liveTensors,
});

describe('a GPU that fails', () => {
  const step = createTensor('float32', Float32Array.of(1, 2), [1, 1, 2]);
  afterEach(() => vi.restoreAllMocks());

  it('leaves caches on it, where they are fed from', async () => {
    await using backend = await createWebGpuBackend();
    const session = await backend.createSession(onnxGraph('concat-cache'), { deviceOutputs: ['present'] });
    const first = await session.run({ past: step, step });
    expect(first['present']!.location).toBe('device');
    const second = await session.run({ past: first['present']!, step });
    first['present']!.dispose();
    expect(await second['present']!.read()).toEqual(Float32Array.of(1, 2, 1, 2, 1, 2));
    for (const tensor of [first['total']!, ...Object.values(second)]) tensor.dispose();
    expect(backend.liveTensors).toBe(0);
  });

  it('is replaced by wasm where there is no adapter, with the reason', async () => {
    vi.spyOn(gpu, 'requestAdapter').mockResolvedValue(null);
    await using backend = await createWebGpuBackend();
    const session = await backend.createSession(onnxGraph('concat-cache'), { deviceOutputs: ['present'] });
    expect(session.provider).toBe('wasm');
    expect(session.fallbacks).toEqual([
      { provider: 'webgpu', reason: expect.stringContaining('found no adapter') },
    ]);
    const { total } = await session.run({ past: step, step }, ['total']);
    expect(total!.data).toEqual(Float32Array.of(2, 4));
    await expect(
      backend.createSession(onnxGraph('concat-cache'), { provider: 'webgpu' }),
    ).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('no adapter') });
  });

  it('says that the device was lost, and takes another for later sessions', async () => {
    const devices = spyOnDevices();
    await using backend = await createWebGpuBackend();
    const session = await backend.createSession(onnxGraph('concat-cache'), { deviceOutputs: ['present'] });
    const before = await session.run({ past: step, step });
    devices[0]!.destroy();
    await expect(session.run({ past: before['present']!, step })).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
      message: expect.stringContaining('the GPU device was lost'),
    });
    const later = await backend.createSession(onnxGraph('concat-cache'));
    expect(later.provider).toBe('webgpu');
    const { total } = await later.run({ past: step, step }, ['total']);
    expect(await total!.read()).toEqual(Float32Array.of(2, 4));
    expect(devices).toHaveLength(2);
  });
});
