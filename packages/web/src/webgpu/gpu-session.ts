import type { OrtSessionHandle } from '@org/asr-core';
import type { OrtInferenceSession, OrtTensorValue } from '../ort/runtime.js';
import type { LossGuard } from './loss-guard.js';

/**
 * A session on the GPU. A run that fails leaves ONNX Runtime's own session in a state in which the next run never returns
 * (1.30.0; other sessions go on), so a session that failed is replaced before the next run.
 */
export class GpuSession implements OrtSessionHandle<OrtTensorValue> {
  readonly inputMetadata: OrtInferenceSession['inputMetadata'];
  readonly outputMetadata: OrtInferenceSession['outputMetadata'];
  readonly outputNames: readonly string[];
  readonly #guard: LossGuard;
  readonly #reopen: () => Promise<OrtInferenceSession>;
  /** The last one is in use. Tensors on the device may belong to those before it. */
  readonly #sessions: OrtInferenceSession[];
  #hasFailed = false;

  /** @param reopen Makes the same session again, while it is this one's turn to enter the runtime. */
  constructor(session: OrtInferenceSession, guard: LossGuard, reopen: () => Promise<OrtInferenceSession>) {
    this.inputMetadata = session.inputMetadata;
    this.outputMetadata = session.outputMetadata;
    this.outputNames = session.outputNames;
    this.#guard = guard;
    this.#reopen = reopen;
    this.#sessions = [session];
  }

  async run(
    feeds: Readonly<Record<string, OrtTensorValue>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OrtTensorValue>>> {
    return this.#guard.run(async () => {
      if (this.#hasFailed) this.#sessions.push(await this.#reopen());
      this.#hasFailed = true;
      const results = await this.#sessions.at(-1)!.run(feeds, fetches);
      this.#hasFailed = false;
      return results;
    });
  }

  /** Not guarded: also after a loss it frees what lies in the wasm's memory. */
  async release(): Promise<void> {
    for (const session of this.#sessions.splice(0)) await session.release();
  }
}
