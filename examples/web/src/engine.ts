import { connectWorker } from '@org/asr-web/worker';
import type { LoadProgress, ModelSource, SpeechModel } from '@org/asr-web';

/** Keeps one model loaded, in a worker, so that the page never stalls. */
export class Engine {
  readonly #models = connectWorker(
    new Worker(new URL('./asr.worker.ts', import.meta.url), { type: 'module' }),
  );
  #loaded: { readonly source: ModelSource; readonly model: Promise<SpeechModel> } | undefined;

  /** The model of `source`, loaded unless it is already; the one before it is freed. */
  async load(source: ModelSource, onProgress: (progress: LoadProgress) => void): Promise<SpeechModel> {
    if (this.#loaded?.source === source) return this.#loaded.model;
    const previous = this.#loaded?.model;
    await previous?.then(
      (model) => model.dispose(),
      () => undefined,
    );
    const loaded = { source, model: this.#models.loadModel(source, { onProgress }) };
    this.#loaded = loaded;
    try {
      return await loaded.model;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }
}
