import { loadModel } from '@org/asr-web';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';

const input = document.querySelector('input');
const show = (id, result) => {
  document.getElementById(id).textContent = JSON.stringify(result);
};

input.addEventListener('change', async () => {
  const file = input.files[0];
  await using model = await loadModel(whisperTinyEn);
  const { text } = await model.transcribe(file);
  show('page', { text, backend: model.info.backend });

  const worker = new Worker(new URL('./asr.worker.js', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }) => show('worker', data));
  worker.postMessage(file);
});
