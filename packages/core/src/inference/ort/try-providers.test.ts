import { describe, expect, it } from 'vitest';
import { AsrError } from '../../errors.js';
import type { ExecutionProvider } from '../backend.js';
import { tryProviders } from './try-providers.js';

function tryAll(order: readonly ExecutionProvider[], failures: Readonly<Record<string, unknown>>) {
  return tryProviders(order, {
    reasonAgainst: (provider) => (provider === 'dml' ? 'not on this system' : undefined),
    attempt: (provider) =>
      provider in failures ? Promise.reject(failures[provider] as Error) : Promise.resolve(`on ${provider}`),
    messageOf: (error) => (error as Error).message,
  });
}

describe('tryProviders', () => {
  it('takes the first that works and says why not those before', async () => {
    expect(await tryAll(['dml', 'webgpu', 'wasm', 'cpu'], { webgpu: new Error('no adapter') })).toEqual({
      value: 'on wasm',
      provider: 'wasm',
      fallbacks: [
        { provider: 'dml', reason: 'not on this system' },
        { provider: 'webgpu', reason: 'no adapter' },
      ],
    });
  });

  it('stops where the model is at fault', async () => {
    const failure = new AsrError('MODEL_INVALID', 'damaged');
    await expect(tryAll(['webgpu', 'wasm'], { webgpu: failure })).rejects.toBe(failure);
  });

  it('gives all reasons when none works', async () => {
    await expect(tryAll(['dml', 'webgpu'], { webgpu: new Error('no adapter') })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(/dml: not on this system; webgpu: no adapter/),
    });
  });
});
