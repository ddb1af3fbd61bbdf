/** Transcribes one recording: `tsx main.ts [audio file]`. Without a file it takes the sample of the repository. */
import { AsrError, loadModel } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

const sample = fileURLToPath(new URL('../../tests/fixtures/audio/jfk.wav', import.meta.url));
/** npm and pnpm run scripts in the package's folder; INIT_CWD is where the user typed the command. */
const typedIn = process.env['INIT_CWD'] ?? process.cwd();

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${String(minutes).padStart(2, '0')}:${(seconds - 60 * minutes).toFixed(2).padStart(5, '0')}`;
}

async function main(file: string): Promise<void> {
  const started = performance.now();
  await using model = await loadModel(whisperTinyEn);
  const loaded = performance.now();
  const transcript = await model.transcribe(file);
  const seconds = (performance.now() - loaded) / 1000;

  console.log(`\n${transcript.text.trim() || '(no speech found)'}\n`);
  for (const { start, end, text } of transcript.segments) {
    console.log(`  ${clock(start)} – ${clock(end)}  ${text.trim()}`);
  }
  const { family, layout, backend, provider, fallbacks } = model.info;
  console.log(`\nfile      ${file}`);
  console.log(
    `model     ${family}, layout ${layout} (loaded in ${((loaded - started) / 1000).toFixed(2)} s)`,
  );
  console.log(`backend   ${backend}, provider ${provider}`);
  for (const { provider: passed, reason } of fallbacks) console.log(`          not ${passed}: ${reason}`);
  console.log(
    `speed     ${transcript.duration.toFixed(1)} s of audio in ${seconds.toFixed(2)} s: ` +
      `${(transcript.duration / seconds).toFixed(1)} audio seconds per second`,
  );
}

const argument = process.argv[2];
try {
  await main(argument === undefined ? sample : resolve(typedIn, argument));
} catch (error) {
  if (!AsrError.isInstance(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
