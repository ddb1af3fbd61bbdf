import { AsrError } from './errors.js';
import type { InferenceBackend } from './inference/backend.js';
import type { Family } from './models/family.js';
import type { Platform } from './platform.js';
import type { LoadOptions } from './speech-model.js';

/**
 * A backend for each of the `replicas` that were asked for.
 *
 * @throws AsrError `OPTION_UNSUPPORTED` where the family, or another option, allows no copies; what the platform throws.
 */
export async function createReplicas(
  platform: Platform,
  options: LoadOptions,
  family: Family | undefined,
): Promise<readonly InferenceBackend[]> {
  checkReplicas(options, family);
  const made = await Promise.allSettled(
    Array.from({ length: options.replicas! }, () => platform.createBackend({ offThread: true })),
  );
  const backends = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = made.find((one) => one.status === 'rejected');
  if (!failed) return backends;
  await Promise.all(backends.map((backend) => backend.dispose()));
  throw failed.reason;
}

function checkReplicas({ replicas, backend, offThread }: LoadOptions, family: Family | undefined): void {
  const refuse = (why: string): AsrError =>
    new AsrError('OPTION_UNSUPPORTED', `replicas: ${replicas}: ${why}`);
  if (backend) throw refuse('a backend of your own is one; leave out one of the two options');
  if (offThread === false)
    throw refuse('copies on the calling thread would wait for each other; leave out offThread');
  if (!family?.replicable) {
    throw refuse(
      `a ${family?.name ?? 'ctc'} model has no copies; load it several times to use more cores at once`,
    );
  }
}
