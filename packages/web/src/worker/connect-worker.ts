import { AsrError, connectModels } from '@org/asr-core';
import type { RemoteModels } from '@org/asr-core';
import { decodeAudio } from '../decode-audio.js';
import { portEndpoint } from './port-endpoint.js';
import { awaitEnd, isSignOfLife } from './sign-of-life.js';

/**
 * Loads models in a Web Worker whose module calls `serve`. Reading audio, features, inference and search run there, so
 * that the page stays responsive; the models that come back are used like those of `loadModel`.
 *
 * Compressed audio that the worker can't decode is decoded by the page, which does it beside its thread.
 *
 * @param worker A module worker. It belongs to the result, whose `dispose()` ends it.
 * @returns What loads models there. When the worker fails to start or dies, calls reject with `BACKEND_UNAVAILABLE`
 *   or `BACKEND_FAILED`.
 * @example
 * ```ts
 * const asr = connectWorker(new Worker(new URL('./asr.worker.ts', import.meta.url), { type: 'module' }));
 * const model = await asr.loadModel(whisperTinyEn);
 * const { text } = await model.transcribe(file);
 * ```
 */
export function connectWorker(worker: Worker): RemoteModels {
  let started = false;
  const models = connectModels(portEndpoint(worker), {
    decodeAudio,
    baseUrl: globalThis.location.href,
    onDispose: () => worker.terminate(),
  });
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isSignOfLife(data)) awaitEnd(data, () => models.fail(ended()));
    else started = true;
  });
  worker.addEventListener('error', (event) => {
    // An error that nobody caught in a worker that goes on answering is its own affair.
    if (started) return;
    const reason = event.message || 'its module could not be loaded';
    models.fail(
      new AsrError(
        'BACKEND_UNAVAILABLE',
        `the worker did not start: ${reason}. Check that its module is served, that it calls serve(), that it was made ` +
          "with { type: 'module' }, and that the Content-Security-Policy allows it (worker-src)",
      ),
    );
  });
  worker.addEventListener('messageerror', () => {
    models.fail(
      new AsrError('BACKEND_FAILED', 'a message of the worker could not be read; load the model again'),
    );
  });
  return models;
}

function ended(): AsrError {
  return new AsrError(
    'BACKEND_FAILED',
    'the worker has ended: it was terminated, closed itself or ran out of memory. Connect a new one and load the model again',
  );
}
