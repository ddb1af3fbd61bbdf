/**
 * Whisper's log-mel features: ours beside transformers.js 4.3.1, which is installed to `benchmarks/.peers` on first use.
 * Goal: at most 10 ms for 30 s of audio.
 *
 * Run: npx tsx benchmarks/log-mel.ts
 */
import { readFileSync } from 'node:fs';
import { readWav, WhisperLogMel, whisperLogMel } from '@org/asr-core';
import { machine, timeInterleaved } from './interleaved.js';
import { importPeer } from './peers.js';

const SAMPLE_RATE = 16_000;
const WINDOW = 30 * SAMPLE_RATE;
const ROUNDS = 30;

/** The part of transformers.js used here. */
interface Transformers {
  readonly WhisperFeatureExtractor: new (
    config: Readonly<Record<string, number>>,
  ) => (samples: Float32Array) => Promise<{ readonly input_features: { readonly data: Float32Array } }>;
}

const { samples: recording } = readWav(
  readFileSync(new URL('../tests/fixtures/audio/jfk.wav', import.meta.url)),
);
const speech = recording instanceof Float32Array ? recording : recording[0]!;

/** The recording, repeated to a length in seconds. */
function audio(seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, i) => speech[i % speech.length]!);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), a.length - b.length);
}

const { WhisperFeatureExtractor } = (await importPeer(
  '@huggingface/transformers',
  '4.3.1',
  'dist/transformers.node.mjs',
)) as Transformers;

console.log(machine());
for (const bins of [80, 128]) {
  const peer = new WhisperFeatureExtractor({
    feature_size: bins,
    chunk_length: 30,
    hop_length: 160,
    n_fft: 400,
    n_samples: WINDOW,
    nb_max_frames: 3000,
    sampling_rate: SAMPLE_RATE,
  });
  for (const seconds of [30, 5]) {
    const samples = audio(seconds);
    const ours = () => whisperLogMel(samples, { bins, length: WINDOW }).data;
    const difference = largestDifference(ours(), (await peer(samples)).input_features.data);
    const timings = await timeInterleaved({ ours, peer: () => peer(samples) }, ROUNDS);
    console.log(
      `\n${bins} bins, ${seconds} s of speech in a 30 s window (largest difference ${difference.toExponential(1)})`,
    );
    for (const [name, { median, best, processor }] of Object.entries(timings)) {
      console.log(
        `  ${name.padEnd(5)} median ${median.toFixed(1)} ms, best ${best.toFixed(1)} ms, processor ${processor.toFixed(1)} ms`,
      );
    }
    console.log(`  ratio of medians ${(timings.peer.median / timings.ours.median).toFixed(1)}`);
  }
}

const hour = audio(3600);
const start = performance.now();
const source = new WhisperLogMel(hour);
source.window(0);
const first = performance.now();
for (let frame = 3000; frame < source.contentFrames; frame += 3000) source.window(frame);
const end = performance.now();
console.log(
  `\n1 h of speech: first window after ${(first - start).toFixed(0)} ms (with the maximum of the file), ` +
    `all ${Math.ceil(source.contentFrames / 3000)} windows ${(end - start).toFixed(0)} ms`,
);
