/**
 * Runs jobs one after the other, in the order they came. ONNX Runtime's wasm is one instance per page that must not
 * be entered twice. A job that fails rejects for its own caller only.
 */
export class RunQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Queues a job; settles as the job does. */
  add<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
