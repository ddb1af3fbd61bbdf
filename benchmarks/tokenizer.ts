/**
 * Whisper's tokenizer against `@huggingface/tokenizers` alone: from the bytes of `tokenizer.json` to the first encoded
 * prompt, and decoding. Processor time, which a busy machine does not stretch; best of some rounds.
 *
 * Run: npx tsx benchmarks/tokenizer.ts [tokenizer.json]
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createWhisperTokenizer, IncrementalDetokenizer, parseTokenizerJson } from '@org/asr-core';

const ROUNDS = 7;
const TEXT =
  ' And so, my fellow Americans, ask not what your country can do for you. Zoë naïvely said “東京”.';

/** The part of `@huggingface/tokenizers` used here; it is a dependency of core and not of this folder. */
interface Library {
  readonly Tokenizer: new (
    definition: object,
    config: object,
  ) => { encode(text: string): unknown; decode(ids: number[]): string };
}

const path = process.argv[2] ?? 'packages/model-whisper-tiny-en/model/tokenizer.json';
const bytes = readFileSync(path);
const fromCore = createRequire(new URL('../packages/core/package.json', import.meta.url));
const { Tokenizer } = fromCore('@huggingface/tokenizers') as Library;

/** Milliseconds of processor time per call. */
async function best(calls: number, call: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < calls; i++) await call();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000 / calls);
  }
  return least;
}

const parseJson = (): object => JSON.parse(bytes.toString()) as object;
const ours = await createWhisperTokenizer(parseTokenizerJson(bytes));
const library = new Tokenizer(parseJson(), {});
const ids = ours.encode(TEXT);

const build = await best(1, async () => createWhisperTokenizer(parseTokenizerJson(bytes)));
const buildAndEncode = await best(1, async () =>
  (await createWhisperTokenizer(parseTokenizerJson(bytes))).encode(TEXT),
);
const libraryBuildAndEncode = await best(1, () => new Tokenizer(parseJson(), {}).encode(TEXT));
const stream = new IncrementalDetokenizer(ours);
const rows = {
  'JSON.parse alone': `${(await best(1, parseJson)).toFixed(0)} ms`,
  'ours: load': `${build.toFixed(0)} ms`,
  'ours: load, a first prompt': `${buildAndEncode.toFixed(0)} ms`,
  '@huggingface/tokenizers: load, a first prompt': `${libraryBuildAndEncode.toFixed(0)} ms`,
  'ours: decode, per token': `${((1000 * (await best(2000, () => ours.decode(ids)))) / ids.length).toFixed(2)} µs`,
  '@huggingface/tokenizers: decode, per token': `${((1000 * (await best(2000, () => library.decode(ids)))) / ids.length).toFixed(2)} µs`,
  'ours: incremental, per token': `${((1000 * (await best(2000, () => ids.map((id) => stream.push(id))))) / ids.length).toFixed(2)} µs`,
};
console.log(`${path}, ${ids.length} tokens`);
for (const [name, value] of Object.entries(rows)) console.log(`${name.padEnd(50)}${value.padStart(10)}`);
