/**
 * A long recording behind the detector: one model that computes with all cores, and a copy of it for each core. Needs the
 * build and the extended test data.
 *
 *   npx tsx benchmarks/replicas.ts [rounds]
 */
import sileroVad from '@org/asr-model-silero-vad';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { loadModel, loadVad } from '@org/asr-node';
import { testData } from '@org/asr-testkit';
import { availableParallelism } from 'node:os';
import { machine, timeInterleaved } from './interleaved.js';

const rounds = Number(process.argv[2] ?? 3);
const cores = availableParallelism();
const file = testData('audio/long/prompts-en.flac');

await using vad = await loadVad(sileroVad);
await using threaded = await loadModel(whisperTinyEn, { threads: cores });
await using copied = await loadModel(whisperTinyEn, { replicas: cores });
console.log(machine());
for (const timestamps of ['segment', 'word'] as const) {
  const runs = {
    [`no detector, ${cores} threads`]: () => threaded.transcribe(file, { timestamps }),
    [`detector, ${cores} threads`]: () => threaded.transcribe(file, { timestamps, vad }),
    [`detector, ${cores} replicas`]: () => copied.transcribe(file, { timestamps, vad }),
  };
  for (const [name, { median, best }] of Object.entries(await timeInterleaved(runs, rounds))) {
    const [middle, least] = [median, best].map((ms) => (ms / 1000).toFixed(2));
    console.log(`${timestamps}, ${name}: median ${middle} s, least ${least} s`);
  }
}
