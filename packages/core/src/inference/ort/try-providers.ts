import { AsrError } from '../../errors.js';
import type { ExecutionProvider, ProviderFallback } from '../backend.js';

/** A result together with the provider that gave it and those passed over. */
export interface Chosen<T> {
  readonly value: T;
  readonly provider: ExecutionProvider;
  readonly fallbacks: readonly ProviderFallback[];
}

/** How providers are tried; for {@link tryProviders}. */
export interface ProviderAttempts<T> {
  /** Why a provider need not be tried at all; undefined when it should be. */
  readonly reasonAgainst: (provider: ExecutionProvider) => string | undefined;
  /** Uses a provider. An `AsrError` means that the model is at fault and ends the search. */
  readonly attempt: (provider: ExecutionProvider) => Promise<T>;
  /** What a caught value says. */
  readonly messageOf: (error: unknown) => string;
}

/**
 * Tries providers in order of preference.
 *
 * @throws AsrError `BACKEND_UNAVAILABLE` with all reasons when none works.
 */
export async function tryProviders<T>(
  order: readonly ExecutionProvider[],
  { reasonAgainst, attempt, messageOf }: ProviderAttempts<T>,
): Promise<Chosen<T>> {
  const fallbacks: ProviderFallback[] = [];
  let cause: unknown;
  for (const provider of order) {
    const known = reasonAgainst(provider);
    if (known !== undefined) {
      fallbacks.push({ provider, reason: known });
      continue;
    }
    try {
      return { value: await attempt(provider), provider, fallbacks };
    } catch (error) {
      if (AsrError.isInstance(error)) throw error;
      cause = error;
      fallbacks.push({ provider, reason: messageOf(error) });
    }
  }
  const reasons = fallbacks.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  throw new AsrError(
    'BACKEND_UNAVAILABLE',
    `no execution provider that was asked for can be used. ${reasons}`,
    { cause },
  );
}
