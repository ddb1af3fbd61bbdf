import type { InferenceBackend, InferenceSession, ProviderFallback } from '../inference/backend.js';
import type { ModelInfo } from '../speech-model.js';

/** What runs a model, for its `info`. @param sessions The one that does most of the work first. */
export function runtimeInfo(
  backend: InferenceBackend,
  [main, ...others]: readonly [InferenceSession, ...InferenceSession[]],
): Pick<ModelInfo, 'backend' | 'provider' | 'fallbacks' | 'threads'> {
  return {
    backend: backend.name,
    provider: main.provider,
    fallbacks: joinFallbacks([main, ...others]),
    ...(backend.threads && { threads: backend.threads }),
  };
}

/** What the graphs passed over: as a rule the same for all of them, and then said once. */
function joinFallbacks(sessions: readonly InferenceSession[]): readonly ProviderFallback[] {
  const all = sessions.flatMap((session) => session.fallbacks);
  const isSame = (a: ProviderFallback, b: ProviderFallback): boolean =>
    a.provider === b.provider && a.reason === b.reason;
  return all.filter((one, i) => all.findIndex((other) => isSame(one, other)) === i);
}
