import { loadModel } from '@org/asr-web';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';

self.addEventListener('message', async ({ data }) => {
  await using model = await loadModel(whisperTinyEn);
  const { text } = await model.transcribe(data);
  self.postMessage({ text, backend: model.info.backend });
});
