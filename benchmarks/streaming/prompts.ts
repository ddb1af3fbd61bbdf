/**
 * Word error rates of live transcription against offline, each prompt a stream of its own, and the 187 s file. Needs the
 * extended test data.
 *
 *   npx tsx benchmarks/streaming/prompts.ts [--model english-ctc] [--set en] [--set en-unseen] [--set long]
 *
 * Audio comes as fast as the stream takes it, in chunks of 20 ms. "At once" is live without partials: what is lost to it is
 * lost by cutting at pauses, the rest by confirming early.
 */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import { loadModel, measureWords, type StreamOptions } from '@org/asr-node';
import { testData } from '@org/asr-testkit';
import { parseArgs } from 'node:util';
import { machine } from '../interleaved.js';
import { listen } from './listen.js';
import { finalText } from './measure.js';
import { longPrompts, prompts, RATE, type Recording } from './recordings.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'english-ctc' },
    set: { type: 'string', multiple: true, default: ['en', 'en-unseen', 'long'] },
  },
});
const source = values.model === 'tiny.en' ? whisperTinyEn : { path: testData(`models/${values.model}`) };
await using model = await loadModel(source);
console.log(`${values.model}; ${machine()}`);

const live = (options: StreamOptions) => async (samples: Float32Array) =>
  finalText((await listen(model, samples, 'fast', options)).events);
const ways: Readonly<Record<string, (samples: Float32Array) => Promise<string>>> = {
  offline: async (samples) => (await model.transcribe({ samples, sampleRate: RATE })).text,
  live: live({}),
  'at once': live({ partials: false }),
};

function record(set: string): Promise<Recording> {
  if (set === 'en' || set === 'en-unseen') return prompts(set);
  if (set === 'long') return longPrompts();
  throw new RangeError(`--set must be en, en-unseen or long, got ${set}`);
}

for (const set of values.set) {
  const { name, parts, samples, text, normalize } = await record(set);
  for (const [way, hear] of Object.entries(ways)) {
    const texts: string[] = [];
    for (const part of parts ?? [samples]) texts.push(await hear(part));
    const { wordErrorRate, hits } = measureWords(text, texts.join(' '), { normalize });
    console.log(`${name}, ${way}: ${(100 * wordErrorRate).toFixed(2)} %, ${hits} words right`);
  }
}
