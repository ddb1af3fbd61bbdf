/** Live text: `tsx main.ts` hears the microphone until Ctrl-C, `tsx main.ts talk.wav` plays a recording at its own pace. */
import { AsrError, createNodePlatform, loadModel, microphone, playRecording, readAudio } from '@org/asr-node';
import type { AudioStreamSource, StreamEvent } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { resolve } from 'node:path';

const CLEAR_LINE = '\r\u001b[2K';
const { stdout } = process;
/** npm and pnpm run scripts in the package's folder; INIT_CWD is where the user typed the command. */
const typedIn = process.env['INIT_CWD'] ?? process.cwd();

function listen(): AudioStreamSource {
  const audio = microphone();
  // The audio ends then, and with it the stream: what was said last is still written.
  process.once('SIGINT', () => void audio.stop());
  console.error('Listening; Ctrl-C ends.');
  return audio;
}

async function play(file: string): Promise<AudioStreamSource> {
  return playRecording(await readAudio(resolve(typedIn, file), createNodePlatform()));
}

/** Segments stay, one a line; on a terminal the text that may still change is rewritten below them. */
function show(event: StreamEvent): void {
  if (event.type === 'segment') stdout.write(`${stdout.isTTY ? CLEAR_LINE : ''}${event.segment.text}\n`);
  // A line that wraps can't be rewritten, so the end of it is shown.
  if (event.type === 'partial' && stdout.isTTY) {
    stdout.write(CLEAR_LINE + event.text.slice(-stdout.columns + 1));
  }
}

const file = process.argv[2];
try {
  await using model = await loadModel(whisperTinyEn);
  for await (const event of model.stream(file === undefined ? listen() : await play(file))) show(event);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(AsrError.isInstance(error) ? `${error.code}: ${error.message}` : error.message);
  process.exitCode = 1;
}
