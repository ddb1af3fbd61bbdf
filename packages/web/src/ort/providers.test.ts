import { describe, expect, it } from 'vitest';
import { chooseProvider } from './providers.js';

describe('chooseProvider', () => {
  it('takes wasm by default and when named', () => {
    expect(chooseProvider(undefined)).toEqual({ provider: 'wasm', fallbacks: [] });
    expect(chooseProvider('wasm')).toEqual({ provider: 'wasm', fallbacks: [] });
  });

  it('says why preferred ones were passed over, and stops at the first that works', () => {
    const { provider, fallbacks } = chooseProvider(['webgpu', 'cpu', 'wasm', 'cuda']);
    expect(provider).toBe('wasm');
    expect(fallbacks.map((fallback) => fallback.provider)).toEqual(['webgpu', 'cpu']);
    expect(fallbacks.map(({ reason }) => reason).join('\n')).toMatch(/wasm build.*\n.*through 'wasm'/);
  });

  it.each(['cpu', 'webgpu', 'cuda'] as const)('is strict about %s', (provider) => {
    expect(() => chooseProvider(provider)).toThrow(
      expect.objectContaining({
        code: 'BACKEND_UNAVAILABLE',
        message: expect.stringContaining(`${provider}: `),
      }),
    );
  });
});
