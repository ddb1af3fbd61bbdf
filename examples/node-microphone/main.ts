/** Live text: `tsx main.ts` hears the microphone until Ctrl-C, `tsx main.ts talk.wav` plays a recording at its own pace. */
import { AsrError, createNodePlatform, loadModel, readAudio } from '@org/asr-node';
import type { SpeechModel, StreamEvent } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { resolve } from 'node:path';
import { play } from './play.js';
import { FORMAT, record } from './recorder.js';
import { Screen } from './screen.js';

/** npm and pnpm run scripts in the package's folder; INIT_CWD is where the user typed the command. */
const typedIn = process.env['INIT_CWD'] ?? process.cwd();

async function fromMicrophone(model: SpeechModel): Promise<AsyncIterable<StreamEvent>> {
  const recording = await record();
  console.error(`Listening with ${recording.program}; Ctrl-C ends.`);
  // The audio ends then, and with it the stream: what was said last is still written.
  process.once('SIGINT', () => recording.stop());
  return model.stream(recording.audio, { format: FORMAT });
}

async function fromFile(model: SpeechModel, file: string): Promise<AsyncIterable<StreamEvent>> {
  return model.stream(play(await readAudio(resolve(typedIn, file), createNodePlatform())));
}

const file = process.argv[2];
try {
  await using model = await loadModel(whisperTinyEn);
  const screen = new Screen(process.stdout);
  for await (const event of file === undefined ? await fromMicrophone(model) : await fromFile(model, file)) {
    screen.show(event);
  }
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(AsrError.isInstance(error) ? `${error.code}: ${error.message}` : error.message);
  process.exitCode = 1;
}
