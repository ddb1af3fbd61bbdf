import { AsrError, loadModel } from '@org/asr-node';
import type { Transcript } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';

await using model = await loadModel(whisperTinyEn);
const transcript: Transcript = await model.transcribe(process.argv[2]!);

let code: string | undefined;
try {
  await loadModel({ path: 'no-such-folder' });
} catch (error) {
  if (AsrError.isInstance(error)) code = error.code;
}
console.log(JSON.stringify({ text: transcript.text, backend: model.info.backend, code }));
