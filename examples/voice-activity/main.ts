/** Finds the speech of a recording: `tsx main.ts [audio file]`. Without a file it takes the sample of the repository. */
import { AsrError, createNodePlatform, loadVad, prepareAudio, readAudio } from '@org/asr-node';
import type { Vad } from '@org/asr-node';
import sileroVad from '@org/asr-model-silero-vad';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SAMPLE_RATE = 16_000;
const sample = fileURLToPath(new URL('../../tests/fixtures/audio/jfk.wav', import.meta.url));
/** npm and pnpm run scripts in the package's folder; INIT_CWD is where the user typed the command. */
const typedIn = process.env['INIT_CWD'] ?? process.cwd();

/** Chunk by chunk, as from a microphone. */
async function listen(vad: Vad, samples: Float32Array): Promise<void> {
  await using stream = vad.stream({ minSilenceDuration: 0.5 });
  for (let at = 0; at < samples.length; at += SAMPLE_RATE / 10) {
    for (const { type, time } of await stream.push(samples.subarray(at, at + SAMPLE_RATE / 10))) {
      const heard = Math.min(samples.length, at + SAMPLE_RATE / 10) / SAMPLE_RATE;
      console.log(`  ${type} at ${time.toFixed(2)} s, known at ${heard.toFixed(2)} s`);
    }
  }
  for (const { type, time } of await stream.finish()) console.log(`  ${type} at ${time.toFixed(2)} s`);
}

async function main(file: string): Promise<void> {
  await using vad = await loadVad(sileroVad);
  const audio = await readAudio(file, createNodePlatform());
  console.log('speech:');
  for (const { start, end } of await vad.detect(audio)) {
    console.log(`  ${start.toFixed(2)} – ${end.toFixed(2)} s`);
  }
  console.log('live:');
  await listen(vad, await prepareAudio(audio, SAMPLE_RATE));
}

const argument = process.argv[2];
try {
  await main(argument === undefined ? sample : resolve(typedIn, argument));
} catch (error) {
  if (!AsrError.isInstance(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
