import asr = require('@org/asr-node');
import tiny = require('@org/asr-model-whisper-tiny-en');

async function main(file: string): Promise<void> {
  await using model = await asr.loadModel(tiny.whisperTinyEn);
  const transcript: asr.Transcript = await model.transcribe(file);

  let code: string | undefined;
  try {
    await asr.loadModel({ path: 'no-such-folder' });
  } catch (error) {
    if (asr.AsrError.isInstance(error)) code = error.code;
  }
  console.log(JSON.stringify({ text: transcript.text, backend: model.info.backend, code }));
}

void main(process.argv[2]!);
