import { AsrError, createWebPlatform, loadModel, prepareAudio, readAudio } from '@org/asr-web';
import { digits } from '../digits.js';

/** What the page asks for. */
export interface OwnWorkerRequest {
  readonly task: 'transcribe' | 'decode';
  readonly audio: string;
  /** Whether the worker is to be one of a browser without WebCodecs. */
  readonly withoutWebCodecs?: boolean;
}

/** What it answers. */
export interface OwnWorkerAnswer {
  readonly text?: string;
  /** Mono at 16 kHz. */
  readonly samples?: Float32Array;
  readonly code?: string;
  readonly message?: string;
}

/** A worker of an app's own: it uses the package as a page does, without `serve`. */
async function answer({ task, audio, withoutWebCodecs }: OwnWorkerRequest): Promise<OwnWorkerAnswer> {
  if (withoutWebCodecs) Reflect.deleteProperty(globalThis, 'AudioDecoder');
  if (task === 'decode') {
    const platform = createWebPlatform();
    return { samples: await prepareAudio(await readAudio(new URL(audio), platform), 16_000) };
  }
  await using model = await loadModel(digits);
  return { text: (await model.transcribe(new URL(audio))).text };
}

/** The types are those of pages, where this has another signature. */
const page = globalThis as unknown as Worker;

globalThis.addEventListener('message', ({ data }: MessageEvent<OwnWorkerRequest>) => {
  void answer(data)
    .catch((error: unknown) => {
      if (!AsrError.isInstance(error)) throw error;
      return { code: error.code, message: error.message };
    })
    .then((result) => page.postMessage(result, []));
});
