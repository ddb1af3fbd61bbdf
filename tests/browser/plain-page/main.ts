import { createWebBackend, loadModel } from '@org/asr-web';
import type { SpeechModel } from '@org/asr-web';
import { connectWorker } from '@org/asr-web/worker';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';

function show(output: string, value: unknown): void {
  document.getElementById(output)!.textContent = JSON.stringify(value);
}

async function transcribe(model: SpeechModel, file: File, output: string): Promise<void> {
  const { text } = await model.transcribe(file);
  await model.dispose();
  show(output, text);
}

const input = document.querySelector('input')!;
input.addEventListener('change', async () => {
  const file = input.files![0]!;
  // 0 leaves the choice to the SDK; two threads even on a machine with one core.
  await using backend = await createWebBackend({ threads: globalThis.crossOriginIsolated ? 2 : 0 });
  show('threads', backend.threads);
  await transcribe(await loadModel(whisperTinyEn, { backend }), file, 'page');

  const worker = new Worker(new URL('./asr.worker.ts', import.meta.url), { type: 'module' });
  await using models = connectWorker(worker);
  await transcribe(await models.loadModel(whisperTinyEn), file, 'worker');
});
