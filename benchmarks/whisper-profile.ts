/**
 * Where the time of a long file goes: windows, encoder runs, decoder steps by what they were for, and what is spent outside of
 * `session.run`. tiny.en (packaged, int8) on `prompts-en.flac`, on the calling thread. Needs the extended test data.
 *
 * Run: npx tsx benchmarks/whisper-profile.ts [--threads 1] [--words decoding|teacher-forced] [--vad] [--rounds 1]
 */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import sileroVad from '@org/asr-model-silero-vad';
import {
  createNodeBackend,
  loadModel,
  loadVad,
  normalizeEnglish,
  prepareAudio,
  readAudio,
  wordErrorRate,
  type InferenceBackend,
  type InferenceSession,
} from '@org/asr-node';
import { testData, watchRuns } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decodeAudio } from '../packages/node/src/audio.js';
import { machine } from './interleaved.js';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '1' },
    words: { type: 'string' },
    vad: { type: 'boolean', default: false },
  },
});
const threads = Number(values.threads);
const wordAlignment = values.words as 'decoding' | 'teacher-forced' | undefined;

/** Runs of one kind: how many, over how many rows and tokens, how long. */
interface Tally {
  runs: number;
  rows: number;
  tokens: number;
  ms: number;
  /** Processor time, which other work on the machine doesn't stretch. */
  processor: number;
}
const tallies = new Map<string, Tally>();

function kindOf(
  session: InferenceSession,
  feeds: Parameters<InferenceSession['run']>[0],
): readonly [string, number, number] {
  const ids = feeds['input_ids'];
  if (!ids) return [session.inputs.some(({ name }) => name === 'input_features') ? 'encoder' : 'other', 1, 0];
  const [rows = 1, count = 0] = ids.dims;
  const past = feeds['past_key_values.0.decoder.key']?.dims[2] ?? 0;
  if (count === 1) return [`decoder step, ${rows} rows`, rows, rows];
  return [
    past === 0 ? 'decoder, many tokens at once' : 'decoder, many tokens after others',
    rows,
    rows * count,
  ];
}

/** Milliseconds since `before`, of all threads. */
function processorTime(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The backend with a tally of every run. */
const tallied = (backend: InferenceBackend): InferenceBackend =>
  watchRuns(backend, async ({ session, feeds }, execute) => {
    const [kind, rows, tokens] = kindOf(session, feeds);
    const before = process.cpuUsage();
    const start = performance.now();
    try {
      return await execute();
    } finally {
      const tally = tallies.get(kind) ?? { runs: 0, rows: 0, tokens: 0, ms: 0, processor: 0 };
      tally.runs++;
      tally.rows += rows;
      tally.tokens += tokens;
      tally.ms += performance.now() - start;
      tally.processor += processorTime(before);
      tallies.set(kind, tally);
    }
  });

await using inner = await createNodeBackend();
await using model = await loadModel(whisperTinyEn, { threads, backend: tallied(inner) });
await using vad = values.vad ? await loadVad(sileroVad, { threads, backend: tallied(inner) }) : undefined;
const samples = await prepareAudio(
  await readAudio(new Uint8Array(readFileSync(testData('audio/long/prompts-en.flac'))), { decodeAudio }),
  16_000,
);
const truth = JSON.parse(readFileSync(testData('audio/long/prompts-en.json'), 'utf8')) as readonly {
  readonly text: string;
}[];

console.log(`${machine()}, ${threads} threads`);
for (let round = 0; round < Number(values.rounds); round++) {
  tallies.clear();
  // The last report is of the end.
  let windows = -1;
  const before = process.cpuUsage();
  const start = performance.now();
  const { text } = await model.transcribe(
    { samples, sampleRate: 16_000 },
    {
      timestamps: wordAlignment ? 'word' : 'segment',
      ...(wordAlignment && { decoding: { type: 'whisper', wordAlignment } }),
      onProgress: () => windows++,
      ...(vad && { vad }),
    },
  );
  const total = performance.now() - start;
  const processor = processorTime(before);
  const rate = wordErrorRate(
    normalizeEnglish(truth.map((prompt) => prompt.text).join(' ')),
    normalizeEnglish(text),
  );
  console.log(
    `${(total / 1000).toFixed(2)} s, processor ${(processor / 1000).toFixed(2)} s, ${windows} reports of progress, WER ${(100 * rate).toFixed(2)} %`,
  );
  let inside = 0;
  for (const [kind, { runs, rows, tokens, ...spent }] of tallies) {
    inside += spent.processor;
    console.log(
      `  ${kind.padEnd(34)} ${String(runs).padStart(5)} runs ${String(rows).padStart(6)} rows ${String(tokens).padStart(6)} tokens ` +
        `${spent.ms.toFixed(0).padStart(6)} ms, processor ${spent.processor.toFixed(0).padStart(6)} ms, ${(spent.processor / runs).toFixed(2)} each`,
    );
  }
  console.log(
    `  outside of session.run: processor ${(processor - inside).toFixed(0)} ms, ${((100 * (processor - inside)) / processor).toFixed(1)} %`,
  );
}
