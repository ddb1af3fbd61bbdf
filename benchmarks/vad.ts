/**
 * Voice activity: the graphs of Silero's release against each other, and Whisper tiny.en with and without a detector in
 * front. Needs the extended test data.
 *
 *   npx tsx benchmarks/vad.ts graphs [rounds]
 *   npx tsx benchmarks/vad.ts whisper [--model=<folder>] [--list=en] [--seeds=5,11,…] [maxPause …]
 *
 * Whisper (tiny.en, or the model of a folder) hears a recording of prompts, and for each seed telephone prompts of a list put
 * together with short and with long pauses of random length. A prompt is missed where no segment lies mostly inside of it; its boundaries are those of its first and last
 * segment.
 */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import sileroVad from '@org/asr-model-silero-vad';
import {
  createNodePlatform,
  loadModel,
  loadVad,
  normalizeEnglish,
  prepareAudio,
  readAudio,
  wordErrorRate,
} from '@org/asr-node';
import type { Segment, SpeechModel, Vad, VadOptions } from '@org/asr-node';
import { testData } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mulberry32 } from '../tests/golden/signals.js';
import { machine, timeInterleaved } from './interleaved.js';
import { joinPrompts, listPrompts, RATE, shuffle, type Truth } from './prompt-mixture.js';

interface Recording {
  readonly name: string;
  readonly samples: Float32Array;
  readonly truth: readonly Truth[];
}

const platform = createNodePlatform();
const load = async (path: string): Promise<Float32Array> =>
  prepareAudio(await readAudio(testData(path), platform), RATE);

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '5' },
    model: { type: 'string' },
    list: { type: 'string', default: 'en' },
  },
});
const [task = 'graphs', ...values] = positionals;
console.log(machine());
if (task === 'graphs') await compareGraphs(Number(values[0] ?? 5));
else await compareWhisper(values.map(Number), flags.seeds.split(',').map(Number));

async function compareGraphs(rounds: number): Promise<void> {
  const samples = await load('golden/wav/long.wav');
  const candidates: Record<string, () => Promise<unknown>> = {};
  const detectors: Vad[] = [];
  for (const name of ['silero_vad_16k_sequence.onnx', 'silero_vad_16k_op15.onnx', 'silero_vad.onnx']) {
    const files = { [name]: new Uint8Array(readFileSync(testData(`models/silero-vad/${name}`))) };
    const start = performance.now();
    const vad = await loadVad({ files }, { offThread: false });
    console.log(`${name} loads in ${(performance.now() - start).toFixed(0)} ms`);
    detectors.push(vad);
    candidates[`${name}, whole`] = () => vad.probabilities({ samples, sampleRate: RATE });
    candidates[`${name}, by window`] = async () => {
      await using stream = vad.stream();
      for (let at = 0; at < samples.length; at += 512) await stream.push(samples.subarray(at, at + 512));
    };
  }
  const timings = await timeInterleaved(candidates, rounds);
  console.log(`${(samples.length / RATE).toFixed(0)} s of audio, ms:`);
  for (const [name, { median, best, processor }] of Object.entries(timings)) {
    console.log(
      `${name.padEnd(42)} median ${median.toFixed(0)}  best ${best.toFixed(0)}  processor ${processor.toFixed(0)}`,
    );
  }
  for (const vad of detectors) await vad.dispose();
}

async function compareWhisper(pauses: readonly number[], seeds: readonly number[]): Promise<void> {
  await using model = await loadModel(flags.model === undefined ? whisperTinyEn : { path: flags.model }, {
    offThread: false,
  });
  await using vad = await loadVad(sileroVad, { offThread: false });
  const recordings: Recording[] = [
    {
      name: 'recording',
      samples: await load('audio/long/prompts-en.flac'),
      truth: JSON.parse(readFileSync(testData('audio/long/prompts-en.json'), 'utf8')) as readonly Truth[],
    },
  ];
  for (const seed of seeds) {
    recordings.push(await putTogether(seed, 0.3, 1.2, vad), await putTogether(seed, 1, 8, vad));
  }
  const settings = [undefined, { model: vad }, ...pauses.map((maxPause) => ({ model: vad, maxPause }))];
  const sums = settings.map(() => ({ errors: 0, words: 0, missed: 0, windows: 0, wall: 0, processor: 0 }));
  // So that nobody pays for the first run.
  await report(model, recordings[0]!, undefined);
  for (const recording of recordings) {
    for (const [i, option] of settings.entries()) {
      const found = await report(model, recording, option);
      for (const key of Object.keys(found) as (keyof typeof found)[]) sums[i]![key] += found[key];
    }
  }
  for (const [i, option] of settings.entries()) {
    const { errors, words, missed, windows, wall, processor } = sums[i]!;
    console.log(
      `all ${recordings.length}, ${nameOf(option)}: ${errors.toFixed(0)} errors in ${words} words, ` +
        `${((100 * errors) / words).toFixed(2)} %, missed ${missed}, ${windows} windows, ${wall.toFixed(1)} s, ` +
        `processor ${processor.toFixed(1)} s`,
    );
  }
}

/** 45 prompts, chosen by the seed. */
async function putTogether(seed: number, shortest: number, longest: number, vad: Vad): Promise<Recording> {
  const random = mulberry32(seed);
  const chosen = shuffle(listPrompts(flags.list), random).slice(0, 45);
  const joined = await joinPrompts(chosen, random, { shortest, longest }, vad);
  return { name: `seed ${seed}, pauses of ${shortest} to ${longest} s`, ...joined };
}

async function report(
  model: SpeechModel,
  { name, samples, truth }: Recording,
  option: VadOptions | undefined,
): Promise<Record<'errors' | 'words' | 'missed' | 'windows' | 'wall' | 'processor', number>> {
  // The last report is of the end.
  let windows = -1;
  const before = process.cpuUsage();
  const start = performance.now();
  const { text, segments } = await model.transcribe(
    { samples, sampleRate: RATE },
    {
      ...(flags.model !== undefined && { language: 'en' }),
      ...(option && { vad: option }),
      onProgress: () => windows++,
    },
  );
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const spoken = normalizeEnglish(truth.map((prompt) => prompt.text).join(' ')).trim();
  const rate = wordErrorRate(spoken, normalizeEnglish(text));
  const { missed, worst } = compareTimes(truth, segments);
  console.log(
    `${name}, ${(samples.length / RATE).toFixed(0)} s, ${nameOf(option)}: ` +
      `WER ${(100 * rate).toFixed(2)} %, missed ${missed} of ${truth.length}, farthest boundary ${worst.toFixed(2)} s, ` +
      `${windows} windows, ${wall.toFixed(1)} s, processor ${((user + system) / 1e6).toFixed(1)} s`,
  );
  const words = spoken.split(/\s+/u).length;
  return { errors: rate * words, words, missed, windows, wall, processor: (user + system) / 1e6 };
}

function nameOf(option: VadOptions | undefined): string {
  return option ? `maxPause ${option.maxPause ?? 'by default'}` : 'no detector';
}

function compareTimes(
  truth: readonly Truth[],
  segments: readonly Segment[],
): { missed: number; worst: number } {
  let missed = 0;
  let worst = 0;
  for (const prompt of truth) {
    const own = segments.filter(
      ({ start, end }) => Math.min(end, prompt.end) - Math.max(start, prompt.start) > 0.5 * (end - start),
    );
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last) missed++;
    else worst = Math.max(worst, Math.abs(first.start - prompt.start), Math.abs(last.end - prompt.end));
  }
  return { missed, worst };
}
