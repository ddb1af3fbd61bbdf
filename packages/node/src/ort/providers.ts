import { AsrError } from '@org/asr-core';
import type { ExecutionProvider, ProviderFallback, SessionOptions } from '@org/asr-core';
import { messageOf, runtimeName } from './runtime.js';
import type { OrtModule } from './runtime.js';

/** A result together with the provider that gave it and those passed over. */
export interface Chosen<T> {
  readonly value: T;
  readonly provider: ExecutionProvider;
  readonly fallbacks: readonly ProviderFallback[];
}

/**
 * Tries the providers of `wanted` in order. An `AsrError` from `attempt` means that the model is at fault and
 * ends the search; so does any failure of `cpu`, which can always run.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE` when none works.
 */
export async function chooseProvider<T>(
  ort: OrtModule,
  wanted: SessionOptions['provider'],
  attempt: (provider: ExecutionProvider) => Promise<T>,
): Promise<Chosen<T>> {
  const order = typeof wanted === 'string' ? [wanted] : (wanted ?? ['cpu']);
  const supported = ort.listSupportedBackends().map((backend) => backend.name);
  const fallbacks: ProviderFallback[] = [];
  let cause: unknown;
  for (const provider of order) {
    if (!supported.includes(provider)) {
      const where = `${runtimeName(ort)} on ${process.platform}/${process.arch}`;
      fallbacks.push({ provider, reason: `${where} has no such provider; it has ${supported.join(', ')}` });
      continue;
    }
    try {
      return { value: await attempt(provider), provider, fallbacks };
    } catch (error) {
      if (provider === 'cpu' || AsrError.isInstance(error)) throw error;
      cause = error;
      fallbacks.push({ provider, reason: messageOf(error) });
    }
  }
  const reasons = fallbacks.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  throw new AsrError(
    'BACKEND_UNAVAILABLE',
    `no execution provider that was asked for can be used. ${reasons}`,
    {
      cause,
    },
  );
}
