/** Says how long each graph of the model runs on a recording: `tsx main.ts <audio file>`. */
import { createWorkerBackend, loadModel } from '@org/asr-node';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { resolve } from 'node:path';
import { TimedBackend } from './timed-backend.js';

const file = process.argv[2];
if (file === undefined) throw new TypeError('usage: tsx main.ts <audio file>');

await using backend = new TimedBackend(await createWorkerBackend());
await using model = await loadModel(whisperTinyEn, { backend });
const transcript = await model.transcribe(resolve(process.env['INIT_CWD'] ?? process.cwd(), file));

console.log(transcript.text.trim());
for (const [name, { runs, milliseconds }] of backend.times) {
  console.log(`${name}: ${runs} runs, ${(milliseconds / runs).toFixed(1)} ms each`);
}
