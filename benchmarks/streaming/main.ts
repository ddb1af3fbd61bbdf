/**
 * Live transcription of recordings: how soon text comes, how much of it is taken back, and whether anything is lost against
 * offline. Needs the extended test data.
 *
 *   npx tsx benchmarks/streaming/main.ts [--model tiny.en] [--recording jfk] [--pace real] [--threads 1]
 *
 *   --model      tiny.en (packaged), english-ctc, digits-streaming-ctc, digits-deepspeech
 *   --recording  jfk, two_cities, prompts (ten), en, en-unseen (all prompts), long (English models); digits (the others)
 *   --pace       real: chunks of 20 ms when they have been spoken; fast: as fast as the stream takes them; virtual: on a clock
 *                of its own, for comparing policies on a busy machine (tiny.en only, see simulate.ts)
 *   --vad        Silero in front
 *
 * Offline hears utterances that were put together one by one. Times are those of the wall clock, computing included; with `fast`, only speed, errors and erasure mean anything.
 */
import sileroVad from '@org/asr-model-silero-vad';
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { loadModel, loadVad, measureWords, type SpeechModel } from '@org/asr-node';
import { testData } from '@org/asr-testkit';
import { parseArgs } from 'node:util';
import { machine } from '../interleaved.js';
import { listen } from './listen.js';
import { localAgreement } from './local-agreement.js';
import { finalText, measure, percentile } from './measure.js';
import { simulate } from './simulate.js';
import { digits, longPrompts, prompts, RATE, whisperTimed, type Recording } from './recordings.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'tiny.en' },
    recording: { type: 'string', default: 'jfk' },
    pace: { type: 'string', default: 'real' },
    threads: { type: 'string' },
    vad: { type: 'boolean', default: false },
    text: { type: 'boolean', default: false },
  },
});
const { pace } = values;
if (pace !== 'real' && pace !== 'fast' && pace !== 'virtual') {
  throw new RangeError(`--pace must be real, fast or virtual, got ${pace}`);
}
if (pace === 'virtual' && values.model !== 'tiny.en') throw new RangeError('--pace virtual is for tiny.en');

function load(name: string): Promise<SpeechModel> {
  const source = name === 'tiny.en' ? whisperTinyEn : { path: testData(`models/${name}`) };
  return loadModel(source, values.threads === undefined ? {} : { threads: Number(values.threads) });
}

function record(name: string): Promise<Recording> {
  if (name === 'jfk' || name === 'two_cities') return whisperTimed(name);
  if (name === 'prompts') return prompts('en', 10);
  if (name === 'en' || name === 'en-unseen') return prompts(name);
  if (name === 'long') return longPrompts();
  if (name === 'digits') return digits(testData(`models/${values.model}`));
  throw new RangeError(
    `--recording must be jfk, two_cities, prompts, en, en-unseen, long or digits, got ${name}`,
  );
}

const spread = (delays: readonly number[]): string =>
  `${percentile(delays, 0.5).toFixed(2)} s, p95 ${percentile(delays, 0.95).toFixed(2)} s (${delays.length} words)`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const recording = await record(values.recording);
await using model = await load(values.model);
await using vad = values.vad ? await loadVad(sileroVad) : undefined;
const started = performance.now();
const offline = await transcribe(recording.parts ?? [recording.samples]);
const offlineSeconds = (performance.now() - started) / 1000;
const offlineRate = measureWords(recording.text, offline, { normalize: recording.normalize });

const options = vad ? { vad } : {};
const session =
  pace === 'virtual'
    ? await simulate(recording.samples, options)
    : await listen(model, recording.samples, pace, options);
const figures = measure(recording, session);
const against = measureWords(offline, finalText(session.events), { normalize: recording.normalize });
const rows: readonly (readonly [string, string])[] = [
  ['', `${values.model}, ${recording.name}, pace ${pace}; ${machine()}`],
  ['first text', `${figures.firstPartial.toFixed(2)} s after the first word begins`],
  ['shown to stay', spread(figures.shown)],
  ['confirmed', spread(figures.confirmed)],
  ['in a segment', `${spread(figures.finalised)} at ends of utterances`],
  ['erasure', figures.erasure.toFixed(3)],
  ['WER', `${percent(figures.wordErrorRate)}; offline ${percent(offlineRate.wordErrorRate)}`],
  ['recall', `${percent(figures.recall)} of the words; of offline's ${percent(recallOf(against))}`],
  ['lag', `${figures.lag.toFixed(2)} s at most`],
  ['processors', figures.processors.toFixed(2)],
  [
    'speed',
    `${figures.speed.toFixed(2)} × real time; offline ${(recording.samples.length / RATE / offlineSeconds).toFixed(2)}`,
  ],
];
for (const [name, text] of rows) console.log(`${name.padEnd(14)}${text}`);
if (values.recording === 'jfk' || values.recording === 'two_cities') {
  const golden = localAgreement(recording);
  console.log(
    `${'LocalAgreement'.padEnd(14)}${spread(golden.confirmed)} confirmed, without computing; WER ${percent(golden.wordErrorRate)}`,
  );
}
if (values.text) console.log(`\n${finalText(session.events)}\n\noffline: ${offline}`);

/** Utterances one by one: nothing is near enough to a cut to be lost by it. */
async function transcribe(parts: readonly Float32Array[]): Promise<string> {
  const texts: string[] = [];
  for (const samples of parts) texts.push((await model.transcribe({ samples, sampleRate: RATE })).text);
  return texts.join(' ');
}

function recallOf({ hits, substitutions, deletions }: ReturnType<typeof measureWords>): number {
  return hits / (hits + substitutions + deletions);
}
