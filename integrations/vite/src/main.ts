import { loadModel } from '@org/asr-web';
import type { SpeechModel } from '@org/asr-web';
import { connectWorker } from '@org/asr-web/worker';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';

async function transcribe(model: SpeechModel, file: File, output: string): Promise<void> {
  const { text } = await model.transcribe(file);
  document.getElementById(output)!.textContent = JSON.stringify({ text, backend: model.info.backend });
  await model.dispose();
}

const input = document.querySelector('input')!;
input.addEventListener('change', async () => {
  const file = input.files![0]!;
  await transcribe(await loadModel(whisperTinyEn), file, 'page');

  const worker = new Worker(new URL('./asr.worker.ts', import.meta.url), { type: 'module' });
  await using models = connectWorker(worker);
  await transcribe(await models.loadModel(whisperTinyEn), file, 'worker');
});
