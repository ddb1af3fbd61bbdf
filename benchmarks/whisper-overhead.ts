/**
 * What JavaScript adds to a Whisper decode step: everything of a greedy search that is not `session.run`.
 * Run with `npx tsx benchmarks/whisper-overhead.ts [rounds]`.
 */
import whisperTinyEn from '@org/asr-model-whisper-tiny-en';
import {
  buildPrompt,
  createNodeBackend,
  greedySearch,
  loadWhisperTokenizer,
  LogitRules,
  mixdown,
  openModel,
  openWhisperGraphs,
  readWav,
  whisperLogMel,
} from '@org/asr-node';
import { watchRuns } from '@org/asr-testkit';
import { readFileSync } from 'node:fs';

let inside = 0;
let runs = 0;

const rounds = Number(process.argv[2] ?? 12);
const inner = await createNodeBackend();
const backend = watchRuns(inner, async (_, execute) => {
  const start = performance.now();
  const outputs = await execute();
  inside += performance.now() - start;
  runs++;
  return outputs;
});
const files = await openModel(whisperTinyEn, {});
const graphs = await openWhisperGraphs(files, backend, { threads: 1 });
const tokenizer = await loadWhisperTokenizer(files, { modelVocabularySize: graphs.vocabularySize });
const samples = mixdown(readWav(new Uint8Array(readFileSync('tests/fixtures/audio/jfk.wav'))));
const mel = whisperLogMel(samples, { length: 480_000, bins: graphs.melBins });
const encoded = await graphs.encode(mel.data, mel.frames);
const rules = new LogitRules({
  tokens: tokenizer.special,
  vocabularySize: tokenizer.vocabularySize,
  blankTokens: tokenizer.encode(' '),
  suppressTokens: tokenizer.nonSpeechTokens(),
  maxInitialTimestamp: 50,
});

const shares: number[] = [];
const steps: number[] = [];
for (let round = -2; round < rounds; round++) {
  const run = encoded.startDecoder();
  inside = runs = 0;
  const start = performance.now();
  const prompt = buildPrompt(tokenizer.special, {}, graphs.maxTokens);
  await greedySearch(run, { ...prompt, rules, maxNewTokens: 224, maxTokens: graphs.maxTokens });
  const total = performance.now() - start;
  run.dispose();
  if (round < 0) continue; // warm-up
  shares.push((total - inside) / inside);
  steps.push(total / runs);
}
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
console.log(`${runs} steps a round, ${rounds} rounds, 1 thread`);
console.log(`a step             ${median(steps).toFixed(2)} ms (least ${Math.min(...steps).toFixed(2)})`);
console.log(
  `outside session.run ${(100 * median(shares)).toFixed(1)} % of it (least ${(100 * Math.min(...shares)).toFixed(1)} %)`,
);
encoded.dispose();
await graphs.dispose();
await inner.dispose();
