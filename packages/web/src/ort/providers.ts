import { AsrError } from '@org/asr-core';
import type { ExecutionProvider, ProviderFallback, SessionOptions } from '@org/asr-core';

/** The provider to use, with those passed over. */
export interface ProviderChoice {
  readonly provider: ExecutionProvider;
  readonly fallbacks: readonly ProviderFallback[];
}

/**
 * Picks `wasm`, the one provider of ONNX Runtime's wasm build, out of what was asked for.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE` when `wasm` is not among it.
 */
export function chooseProvider(wanted: SessionOptions['provider']): ProviderChoice {
  const order = typeof wanted === 'string' ? [wanted] : (wanted ?? ['wasm']);
  const fallbacks: ProviderFallback[] = [];
  for (const provider of order) {
    if (provider === 'wasm') return { provider, fallbacks };
    fallbacks.push({ provider, reason: reasonAgainst(provider) });
  }
  const reasons = fallbacks.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  throw new AsrError(
    'BACKEND_UNAVAILABLE',
    `no execution provider that was asked for can be used. ${reasons}`,
  );
}

function reasonAgainst(provider: ExecutionProvider): string {
  switch (provider) {
    case 'cpu':
      return "in the browser the CPU is reached through 'wasm'";
    case 'webgpu':
    case 'webnn':
      return "this backend loads ONNX Runtime's wasm build, which has 'wasm' only";
    default:
      return "browsers have no such provider; there is 'wasm'";
  }
}
