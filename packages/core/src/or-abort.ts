/**
 * Settles as `promise` does, or rejects with `signal.reason` as soon as it aborts, for work that can't be interrupted
 * but need not be waited for.
 *
 * @param discard Gets what arrives after that.
 */
export function orAbort<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  discard: (late: T) => unknown = () => {},
): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    let aborted = false;
    const onAbort = (): void => {
      aborted = true;
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    void promise
      .then((value) => (aborted ? discard(value) : resolve(value)), reject)
      .catch(() => {})
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
