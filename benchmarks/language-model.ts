/**
 * N-gram language models: time to load, memory, and queries a second, beside kenlm in Python.
 *
 * Run: node --expose-gc --import tsx benchmarks/language-model.ts [--python <python with kenlm>] [--stream] <file>…
 *
 * Default files: the ARPA and KenLM files of lm/ in the extended test data. A query is what a beam search asks for a
 * finished word: its id, and its score after a context. `--python` needs unpacked ARPA files or KenLM binaries; it is skipped for .gz.
 * `--stream` reads files as streams. The peak of memory is that of the process: give one file to see that of its loading.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadNgramModel, type NgramModel } from '@org/asr-core';
import { testData } from '@org/asr-testkit';
import { machine } from './interleaved.js';

const { values, positionals } = parseArgs({
  options: { python: { type: 'string' }, stream: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const files =
  positionals.length > 0
    ? positionals
    : ['en-us.small.arpa.gz', 'en-us.pruned.arpa.gz', 'en-us.pruned.trie.bin'].map((name) =>
        testData(`lm/${name}`),
      );

/** Sentences of words of the vocabulary, common ones more often, and one unknown word in twenty. */
function makeSentences(vocabulary: readonly string[]): string[][] {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: 2000 }, () =>
    Array.from({ length: 10 }, () => {
      if (random() < 0.05) return 'zzyzxq';
      return vocabulary[Math.floor(vocabulary.length * random() ** 3)]!;
    }),
  );
}

function query(model: NgramModel, sentences: readonly (readonly string[])[]): number {
  let from = model.createState();
  let to = model.createState();
  let total = 0;
  for (const words of sentences) {
    model.beginSentence(from);
    for (const word of words) {
      total += model.score(from, model.wordId(word), to);
      [from, to] = [to, from];
    }
  }
  return total;
}

function processorSeconds(call: () => unknown): number {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const memory = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

async function measure(file: string, folder: string): Promise<void> {
  // The model before this one is garbage only once its last promise is.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = memory();
  const start = process.cpuUsage();
  const wall = performance.now();
  const resident = process.memoryUsage().rss;
  const model = await loadNgramModel(values.stream ? createReadStream(file) : readFileSync(file), {
    name: basename(file),
  });
  const peak = process.resourceUsage().maxRSS * 1024 - resident;
  const { user, system } = process.cpuUsage(start);
  const elapsed = (performance.now() - wall) / 1000;
  const taken = memory() - before;
  const sentences = makeSentences([...(model.words() ?? [])].filter((word) => !word.startsWith('<')));
  const total = query(model, sentences);
  const rounds = 20;
  const seconds = processorSeconds(() => {
    for (let round = 0; round < rounds; round++) query(model, sentences);
  });
  const rate = (rounds * sentences.length * 10) / seconds;
  console.log(
    `${basename(file)} (${megabytes(statSync(file).size)}): loaded in ${elapsed.toFixed(2)} s ` +
      `(${((user + system) / 1e6).toFixed(2)} s of processor time), tables ${megabytes(model.byteLength)}, ` +
      `memory ${megabytes(taken)}, at most ${megabytes(peak)} while loading; ${(rate / 1e6).toFixed(2)} million queries a second`,
  );
  if (!values.python || file.endsWith('.gz')) return;
  const words = join(folder, 'words.txt');
  writeFileSync(words, sentences.map((line) => line.join(' ')).join('\n'));
  const script = join(import.meta.dirname, 'language-model.py');
  const answer = execFileSync(values.python, [script, file, words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const peer = JSON.parse(answer) as { load: number; memory: number; rate: number; total: number };
  const difference = Math.abs(peer.total - total) / Math.abs(total);
  console.log(
    `  kenlm in Python: ${peer.load.toFixed(2)} s of processor time, ${megabytes(peer.memory)}, ` +
      `${(peer.rate / 1e6).toFixed(2)} million queries a second; sums differ by ${difference.toExponential(1)}`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'asr-lm-'));
try {
  console.log(machine());
  for (const file of files) await measure(file, folder);
} finally {
  rmSync(folder, { recursive: true });
}
