/**
 * Milliseconds for the features of 30 s of audio, for each front end, beside a naive port of the same formulas (see
 * `naive-front-end.ts`), and in pieces of 100 ms. Goal: ten times faster than the naive port.
 *
 * Run: npx tsx benchmarks/front-ends.ts
 */
import { readFileSync } from 'node:fs';
import {
  createFrontEnd,
  deepSpeech2PaddlePreset,
  deepSpeech2PytorchPreset,
  kaldiFbankPreset,
  kaldiLfrPreset,
  kaldiMfccPreset,
  mozillaPreset,
  nemoPreset,
  readWav,
  type SpectralFrontEndConfig,
  speechBrainPreset,
  wavePreset,
  whisperPreset,
} from '@org/asr-core';
import { machine, timeInterleaved } from './interleaved.js';
import { naiveFrontEnd } from './naive-front-end.js';

const SAMPLES = 30 * 16_000;
const PIECE = 1600;
const ROUNDS = 10;

const presets: Readonly<Record<string, SpectralFrontEndConfig>> = {
  whisper: whisperPreset(),
  'kaldi-fbank': kaldiFbankPreset(),
  'kaldi-lfr': kaldiLfrPreset(),
  'kaldi-mfcc': kaldiMfccPreset(),
  nemo: nemoPreset(),
  speechbrain: speechBrainPreset(),
  'mozilla-mfcc': mozillaPreset(),
  'ds2-paddle': deepSpeech2PaddlePreset(),
  'ds2-pytorch': deepSpeech2PytorchPreset(),
};

const { samples: recording } = readWav(
  readFileSync(new URL('../tests/fixtures/audio/jfk.wav', import.meta.url)),
);
const speech = recording instanceof Float32Array ? recording : recording[0]!;
const samples = Float32Array.from({ length: SAMPLES }, (_, i) => speech[i % speech.length]!);

/** Largest difference between the naive port and ours, before the steps that the port leaves out. */
function largestDifference(config: SpectralFrontEndConfig): number {
  const { data, bins } = createFrontEnd({ ...config, stages: [] }).extract(samples);
  const rows = naiveFrontEnd(config)(samples);
  let worst = 0;
  rows.forEach((row, t) =>
    row.forEach((x, bin) => (worst = Math.max(worst, Math.abs(x - data[t * bins + bin]!)))),
  );
  return worst;
}

console.log(machine());
console.log('ms per 30 s      ours  in pieces   naive   ratio  (medians; largest difference)');
for (const [name, config] of Object.entries(presets)) {
  const frontEnd = createFrontEnd(config);
  const timings = await timeInterleaved(
    {
      ours: () => frontEnd.extract(samples),
      pieces: () => {
        const stream = frontEnd.stream();
        for (let from = 0; from < SAMPLES; from += PIECE) stream.push(samples.subarray(from, from + PIECE));
        stream.finish();
      },
      naive: () => naiveFrontEnd(config)(samples),
    },
    ROUNDS,
  );
  const { ours, pieces, naive } = timings;
  const figures = [ours.median.toFixed(1).padStart(8), pieces.median.toFixed(1).padStart(9)];
  const ratio = (naive.median / ours.median).toFixed(1).padStart(6);
  console.log(
    `${name.padEnd(12)}${figures.join('  ')}  ${naive.median.toFixed(0).padStart(6)}  ${ratio}  (${largestDifference(config).toExponential(1)})`,
  );
}

const wave = createFrontEnd(wavePreset());
const { wave: timing } = await timeInterleaved({ wave: () => wave.extract(samples) }, ROUNDS);
console.log(`wave-norm   ${timing.median.toFixed(1).padStart(8)}`);
