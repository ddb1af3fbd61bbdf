import type { OpenDevice } from './gpu-device.js';

/** Work on the device ends with its loss instead of waiting for an answer that doesn't come. */
export class LossGuard {
  readonly #loss: OpenDevice['loss'];
  readonly #waiting = new Set<(error: Error) => void>();

  constructor({ device, loss }: OpenDevice) {
    this.#loss = loss;
    void device.lost.then(() => {
      for (const reject of this.#waiting) reject(this.#error());
    });
  }

  run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#loss() !== undefined) return Promise.reject(this.#error());
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      job()
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(reject));
    });
  }

  #error(): Error {
    return new Error(`${this.#loss()}; load the model again`);
  }
}
