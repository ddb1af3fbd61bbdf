/**
 * A long computation in steps of a few milliseconds each, so that it can be done at once or with pauses. Its return
 * value is the result.
 */
export type Steps<T> = Generator<void, T, void>;

/** How long steps may follow each other before the event loop gets its turn, in ms; half a frame of a screen. */
const BUDGET = 8;

/** Does all steps without a pause. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Does the steps with turns of the event loop in between, so that timers, requests and a user interface go on.
 * @throws `signal.reason` when aborted; the rest is left undone.
 */
export async function finishInTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  let turnEnd = performance.now() + BUDGET;
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() < turnEnd) continue;
    await nextTurn();
    turnEnd = performance.now() + BUDGET;
  }
}

/** Resolves on a later turn. By message, because browsers stretch timers: to 4 ms, to seconds in a hidden page. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const onMessage = (): void => {
      port1.close();
      resolve();
    };
    port1.addEventListener('message', onMessage, { once: true });
    port1.start();
    port2.postMessage(undefined);
  });
}
