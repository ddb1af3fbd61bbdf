import { tryProviders } from '@org/asr-core';
import type { Chosen, ExecutionProvider, SessionOptions } from '@org/asr-core';
import { messageOf, runtimeName } from './runtime.js';
import type { OrtModule } from './runtime.js';

/**
 * Tries the providers of `wanted` in order, `cpu` when there are none. An `AsrError` from `attempt` means that the model is
 * at fault and ends the search.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE` when none works.
 */
export function chooseProvider<T>(
  ort: OrtModule,
  wanted: SessionOptions['provider'],
  attempt: (provider: ExecutionProvider) => Promise<T>,
): Promise<Chosen<T>> {
  const supported = ort.listSupportedBackends().map((backend) => backend.name);
  const where = `${runtimeName(ort)} on ${process.platform}/${process.arch}`;
  return tryProviders(typeof wanted === 'string' ? [wanted] : (wanted ?? ['cpu']), {
    reasonAgainst: (provider) =>
      supported.includes(provider)
        ? undefined
        : `${where} has no such provider; it has ${supported.join(', ')}`,
    attempt,
    messageOf,
  });
}
