/**
 * The memory that an hour of audio takes: JFK's sentence and pauses repeated, through the packaged Whisper tiny.en or a
 * model in a folder, with word times. Prints what the process held before, the peak, and how it went over time. The samples themselves (230 MB per
 * hour) are held by the caller and are in all figures.
 *
 * Run: node --expose-gc --import tsx benchmarks/hour-memory.ts [minutes] [folder]
 */
import { readFileSync } from 'node:fs';
import { createNodeBackend, loadModel, mixdown, readWav } from '@org/asr-node';
import { whisperTinyEn } from '@org/asr-model-whisper-tiny-en';
import { machine } from './interleaved.js';

const RATE = 16_000;
const minutes = Number(process.argv[2] ?? 60);
const folder = process.argv[3];
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

const speech = mixdown(
  readWav(new Uint8Array(readFileSync(new URL('../tests/fixtures/audio/jfk.wav', import.meta.url)))),
);
const period = speech.length + 4 * RATE;
const samples = new Float32Array(minutes * 60 * RATE);
for (let at = 0; at < samples.length; at += period) {
  samples.set(speech.subarray(0, Math.min(speech.length, samples.length - at)), at);
}

await using backend = await createNodeBackend();
await using model = await loadModel(folder === undefined ? whisperTinyEn : { path: folder }, {
  backend,
  threads: 1,
});
// The arenas of the runtime and the compiled code are in the figures before.
await model.transcribe({ samples: samples.subarray(0, 60 * RATE), sampleRate: RATE }, { timestamps: 'word' });
globalThis.gc?.();
const before = process.memoryUsage();
console.log(`${machine()}\n${minutes} min, samples ${megabytes(samples.byteLength)}`);
console.log(`before   resident ${megabytes(before.rss)}, heap ${megabytes(before.heapUsed)}`);

let peak = before;
let tensors = 0;
let segments = 0;
let nextReport = minutes * 6;
const start = performance.now();
const onProgress = ({ seconds }: { readonly seconds: number }): void => {
  const now = process.memoryUsage();
  peak = {
    ...now,
    rss: Math.max(peak.rss, now.rss),
    heapUsed: Math.max(peak.heapUsed, now.heapUsed),
    arrayBuffers: Math.max(peak.arrayBuffers, now.arrayBuffers),
  };
  tensors = Math.max(tensors, backend.liveTensors);
  if (seconds < nextReport) return;
  nextReport += minutes * 6;
  globalThis.gc?.();
  const held = process.memoryUsage();
  console.log(
    `${(seconds / 60).toFixed(0).padStart(4)} min resident ${megabytes(held.rss)}, heap ${megabytes(held.heapUsed)}, ` +
      `buffers ${megabytes(held.arrayBuffers)}, ${segments} segments, ${backend.liveTensors} tensors`,
  );
};
for await (const _ of model.segments({ samples, sampleRate: RATE }, { timestamps: 'word', onProgress }))
  segments++;
const seconds = (performance.now() - start) / 1000;
console.log(model.info.family);
console.log(
  `peak     resident ${megabytes(peak.rss)} (+${megabytes(peak.rss - before.rss)}), heap ${megabytes(peak.heapUsed)}, ` +
    `buffers +${megabytes(peak.arrayBuffers - before.arrayBuffers)}, ${tensors} tensors between windows`,
);
console.log(
  `${segments} segments in ${seconds.toFixed(0)} s, ${((minutes * 60) / seconds).toFixed(1)} × real time`,
);
