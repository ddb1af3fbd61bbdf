/**
 * The memory of a stream that goes on for hours: speech and pauses, as fast as the model takes them. Prints what the process
 * holds as the audio goes by, after a garbage collection, and how many tensors are alive.
 *
 *   node --expose-gc --import tsx benchmarks/streaming/two-hours.ts [digits-streaming-ctc|english-ctc|tiny.en] [minutes] [seconds]
 *
 * For the small CTC model somebody speaks a quarter of the time, for the English one a sentence every half minute, for Whisper
 * one every five minutes, so that it is done within minutes; `seconds` from one sentence to the next are others.
 */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { createNodeBackend, createNodePlatform, loadModel, prepareAudio, readAudio } from '@org/asr-node';
import { repositoryFile, testData } from '@org/asr-testkit';
import { machine } from '../interleaved.js';
import { digits, RATE } from './recordings.js';

const [name = 'digits-streaming-ctc', minutes = '120', between] = process.argv.slice(2);
const seconds = 60 * Number(minutes);

/** What is said again and again, and how often. Seconds. */
async function theme(): Promise<{ readonly speech: Float32Array; readonly period: number }> {
  if (name === 'tiny.en' || name === 'english-ctc') {
    const jfk = await readAudio(repositoryFile('tests/fixtures/audio/jfk.wav'), createNodePlatform());
    return {
      speech: await prepareAudio(jfk, RATE),
      period: Number(between ?? (name === 'tiny.en' ? 300 : 30)),
    };
  }
  const { samples } = await digits(testData(`models/${name}`));
  return { speech: samples, period: Number(between ?? (4 * samples.length) / RATE) };
}

async function* play(): AsyncGenerator<Float32Array> {
  const { speech, period } = await theme();
  const length = period * RATE;
  const chunk = RATE / 10;
  for (let at = 0; at < seconds * RATE; at += chunk) {
    const samples = new Float32Array(chunk);
    const from = at % length;
    if (from < speech.length) samples.set(speech.subarray(from, from + chunk));
    yield samples;
  }
}

await using backend = await createNodeBackend();
const source = name === 'tiny.en' ? whisperTinyEn : { path: testData(`models/${name}`) };
await using model = await loadModel(source, { backend, threads: 1 });
console.log(`${name}, ${minutes} min; ${machine()}`);

const every = Math.min(seconds / 10, 720);
let next = every;
let segments = 0;
let pushed = 0;
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const start = performance.now();
async function* counted(): AsyncGenerator<Float32Array> {
  for await (const samples of play()) {
    pushed += samples.length / RATE;
    if (pushed >= next) report();
    yield samples;
  }
}

function report(): void {
  next += every;
  globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  console.log(
    `${(pushed / 60).toFixed(0).padStart(4)} min  resident ${megabytes(rss)}, heap ${megabytes(heapUsed)}, external ` +
      `${megabytes(external)}, buffers ${megabytes(arrayBuffers)}, ${segments} segments, ${backend.liveTensors} tensors`,
  );
}

for await (const event of model.stream(counted(), { format: { sampleRate: RATE } })) {
  if (event.type === 'segment') segments++;
}
const wall = (performance.now() - start) / 1000;
console.log(`${segments} segments in ${wall.toFixed(0)} s, ${(seconds / wall).toFixed(0)} × real time`);
